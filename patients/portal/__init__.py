"""Door: the patient's welcome, visits and own data."""
