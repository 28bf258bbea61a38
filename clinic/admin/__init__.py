"""Door: places, people and hours in the stock admin, gated by policy."""

from clinic.admin import people, places

__all__ = ["people", "places"]
