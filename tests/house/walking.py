"""Walks the product's addresses: every route of the resolver, filled with rows of Elena's at Riverside."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from programs.models import Program

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every route, as its patterns write it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from routes(each.url_patterns, route)


def address(route: str, rows: dict[str, Any]) -> str:
    """A path that the route matches; `rows` are Elena's by kind."""
    if "^" in route:
        return _by_expression(route)
    words = {
        "token": "invented", "name": "invented", "act": "arrive", "verb": "arrive", "number": "1",
        "content_type_id": "1", "pk": str(rows["visits"]),
    }  # fmt: skip
    for kind, key in rows.items():
        if f"/{kind}/<uuid" in f"/{route}":
            words["pk"] = str(key)
    if match := re.match(r"admin/(\w+)/(\w+)/<path", route):
        first = apps.get_model(match[1], match[2])._default_manager.order_by("pk").first()
        words["object_id"] = str(first.pk) if first else "1"
    return "/" + PARAMETER.sub(lambda found: words.get(found[1], "1"), route)


def _by_expression(route: str) -> str:
    fixed, _, rest = route.partition("^")
    if rest.startswith("password"):
        return f"/{fixed}password/reset/key/1-invented/"
    return f"/{fixed}clinic/"


def rows_of(program: Program, visit: Any, leave: Any) -> dict[str, Any]:
    """What stands in for `<uuid:pk>`, by the word before it in the address."""
    prescription = program.prescriptions.get()
    return {
        "my-day": visit.pk, "patients": program.patient_id, "episodes": program.episode_id, "programs": program.pk,
        "prescriptions": prescription.pk, "exercises": prescription.pk, "visits": visit.pk, "consultations": visit.pk,
        "logs": visit.pk, "leave": leave.pk, "hours": program.physiotherapist_id,
        "opening": program.patient.clinic_id,
    }  # fmt: skip
