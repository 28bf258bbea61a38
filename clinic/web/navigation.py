"""One navigation a role. Apps add their entries by URL name; what a person may not open is not shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from clinic import policy
from clinic.models import User


@dataclass(frozen=True)
class Entry:
    """A place in the navigation: shown to who may do `act` to some row of `model`; `count` says how many wait there.

    `also` names pages that belong to it though their addresses do not begin with its own.
    """

    label: object
    url_name: str
    act: str
    model: type[Model]
    order: int = 50
    count: Callable[[User], int] | None = None
    also: tuple[str, ...] = ()

    def covers(self, path: str) -> int:
        """How much of the path it is the place of: the length of its longest address that the path begins with."""
        addresses = map(reverse, (self.url_name, *self.also))
        return max((len(url) for url in addresses if path.startswith(url)), default=0)


@dataclass(frozen=True)
class Link:
    """An entry as a page shows it."""

    label: str
    url: str
    current: bool
    badge: int = 0


_ENTRIES: list[Entry] = []


def add(*entries: Entry) -> None:
    """Put entries into the staff navigation; apps call it when they are ready."""
    _ENTRIES.extend(entries)


def of(request: HttpRequest) -> list[Link]:
    """The links of the person who asks, the current one marked: the longest that the path begins with."""
    user = request.user
    if not user.is_authenticated:
        return []
    found = [
        entry
        for entry in sorted(_ENTRIES, key=lambda entry: entry.order)
        if policy.can(user, entry.act, entry.model)
    ]
    here = max(found, key=lambda entry: entry.covers(request.path), default=None)
    return [
        Link(
            label=str(entry.label),
            url=reverse(entry.url_name),
            current=entry is here and entry.covers(request.path) > 0,
            badge=entry.count(user) if entry.count else 0,
        )
        for entry in found
    ]
