"""Fills a migrated cluster with a clinic of a given size: the same seed and Monday give the same rows."""
