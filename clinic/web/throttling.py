"""How often one network may knock at a door that takes no log-in. Kept in PostgreSQL (docs/adr/009)."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def network(request: HttpRequest) -> str:
    """What counts as one: the client's address, of IPv6 the part that belongs to one household."""
    return ratelimit.get_ip(request) or ""


def refused(request: HttpRequest, *, door: str, rate: str) -> HttpResponse | None:
    """The page that says to wait, where this network has come too often; else None.

    `rate` is such as "30/h". Reading a page counts nothing, only what is sent.
    """
    allowed = ratelimit.consume(request, app="clinic", action=door, config={door: f"{rate}/ip"})
    return None if allowed else render(request, "429.html", status=429)
