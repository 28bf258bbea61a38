"""The driver of the database: Django's for PostgreSQL, but for how it looks whether a kept connection still stands."""
