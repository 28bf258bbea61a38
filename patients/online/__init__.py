"""Doors that take no log-in: online booking, and the links in mails."""
