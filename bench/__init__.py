"""Looks at and measures the running product; no test of it runs with the suite."""
