"""A list of records on a phone: each cell carries the name of its column, for there each row is a card."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()


@register.simple_tag
def labelled(row: Iterable[str], headers: Iterable[Mapping[str, Any]]) -> SafeString:
    """The cells of a row as the stock admin has written them, each with `data-label`, the name of its column."""
    return SafeString("".join(_labelled(cell, header) for cell, header in zip(row, headers, strict=True)))


def _labelled(cell: str, header: Mapping[str, Any]) -> str:
    tag = cell[:3]  # "<td" or "<th"
    name = escape(capfirst(strip_tags(str(header["text"])).strip()))
    return f'{tag} data-label="{name}"{cell[3:]}'
