"""Records: in a list on a phone each cell carries the name of its column; what is only read links to what opens."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.contrib.admin.exceptions import NotRegistered
from django.db.models import Model
from django.http import HttpRequest
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


@register.simple_tag(takes_context=True)
def readonly(context: Mapping[str, Any], field: Any) -> str:
    """What an AdminReadonlyField says. The stock admin links each row that it names; here one that would refuse the
    user is no link.
    """
    value = getattr(field.form.instance, field.field["field"], None)
    if isinstance(value, Model) and not _opens(context["request"], value, field.model_admin.admin_site):
        return str(value)
    contents: str = field.contents()
    return contents


def _opens(request: HttpRequest, row: Model, site: Any) -> bool:
    try:
        return bool(site.get_model_admin(type(row)).has_view_permission(request, row))
    except NotRegistered:
        return False
