"""Door: the patient's day, one exercise, the log of a session, progress."""
