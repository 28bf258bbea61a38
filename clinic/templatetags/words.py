"""Filters that turn a value into the few letters a page shows of it."""

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last part of a name, upper case; "" for an empty name."""
    parts = str(name).split()
    if not parts:
        return ""
    ends = parts if len(parts) == 1 else [parts[0], parts[-1]]
    return "".join(part[0] for part in ends).upper()
