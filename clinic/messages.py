"""Kinds of messages of this app."""
