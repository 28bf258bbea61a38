"""Furniture of the doors that patients use."""
