"""Door: the front desk's diary, its booking panel, and its patients."""
