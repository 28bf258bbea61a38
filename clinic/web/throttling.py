"""How often one network may knock at a door that takes no log-in. Kept in PostgreSQL (docs/adr/009)."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def network(request: HttpRequest) -> str:
    """What counts as one: the client's address, of IPv6 the part that belongs to one household."""
    return ratelimit.get_ip(request) or ""


def refused(request: HttpRequest, *, door: str, rate: str, reading: bool = False) -> HttpResponse | None:
    """The page that says to wait, where this network has come too often; else None.

    `rate` is such as "30/h". Opening a page counts only where `reading` says so, for pages that are dear to make;
    what is sent counts always.
    """
    allowed = ratelimit.consume(
        request, app="clinic", action=door, config={door: f"{rate}/ip"}, limit_get=reading
    )
    return None if allowed else render(request, "429.html", status=429)
