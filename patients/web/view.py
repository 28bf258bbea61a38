"""Owns what a page of the desk has in view: the clinic, the day or week, by whom; and the addresses that keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Clinic, Practitioner, Room
from clinic.rules import wallclock
from clinic.rules.intervals import Span
from clinic.rules.refusals import Refusal
from clinic.web import pages
from clinic.web.pages import StaffRequest
from patients.actions import daybook_week
from patients.actions.daybook_stamp import Extent

USUAL, LONGEST_WISH = 30, 480
"""Minutes that one can draw in the diary for a booking."""
EVERYBODY = "all"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the diary somebody wants to book: a time of the day in view, with a practitioner or in a room."""

    at: time
    whom: UUID | None = None
    room: UUID | None = None
    minutes: int | None = None

    @property
    def length(self) -> int:
        """Minutes for which it is drawn while no type is chosen."""
        return self.minutes or USUAL

    @property
    def told(self) -> dict[str, object]:
        """As an address carries it."""
        return {"at": f"{self.at:%H:%M}", "whom": self.whom, "room": self.room, "for": self.minutes}


@dataclass(frozen=True, kw_only=True)
class View:
    """The clinic and day in view, and how it is drawn. `address` builds links that keep them."""

    clinic: Clinic
    clinics: list[Clinic]
    day: date
    today: date
    drawn: str = ""
    """How: `week`, `list`, or nothing for the day."""
    by_room: bool = False
    who: str = ""
    """Whose week was asked for: an id, or EVERYBODY; nothing for the first."""
    place: Place | None = None

    @property
    def as_list(self) -> bool:
        """Whether the day is told as a list."""
        return self.drawn == "list"

    @property
    def is_week(self) -> bool:
        """Whether seven days are drawn."""
        return self.drawn == "week"

    @property
    def of_all(self) -> bool:
        """Whether they are those of all practitioners or rooms."""
        return self.is_week and self.who == EVERYBODY

    @property
    def step(self) -> timedelta:
        """How far the next and the last are away."""
        return timedelta(days=7 if self.is_week else 1)

    @property
    def before(self) -> str:
        """The address of the day or week before."""
        return self.address(day=(self.day - self.step).isoformat())

    @property
    def after(self) -> str:
        """The address of the day or week after."""
        return self.address(day=(self.day + self.step).isoformat())

    @property
    def back_to_now(self) -> str:
        """The address of today."""
        return self.address(day=self.today.isoformat())

    @property
    def shows_today(self) -> bool:
        """Whether the line for now belongs in it."""
        return self.today in self.dates

    @cached_property
    def dates(self) -> list[date]:
        """The dates in view."""
        return daybook_week.dates(self.day, self.clinic) if self.is_week else [self.day]

    @cached_property
    def choices(self) -> Sequence[Practitioner | Room]:
        """Whose week one may choose."""
        return daybook_week.choices(clinic=self.clinic, by_room=self.by_room)

    @property
    def whose(self) -> Practitioner | Room | None:
        """Whose week is in view; None where it is a day, everybody's week, or nobody works here."""
        if not self.is_week or self.of_all:
            return None
        named = [each for each in self.choices if str(each.pk) == self.who]
        return next(iter([*named, *self.choices]), None)

    @property
    def wished_start(self) -> datetime | None:
        """The instant of the place that was chosen in the diary; None where there is none, or clocks skip it."""
        if self.place is None:
            return None
        try:
            return wallclock.resolve(self.day, self.place.at, self.clinic.zone, fold=0)
        except Refusal:
            return None

    @property
    def leave_address(self) -> str:
        """Where leave is entered, with the place chosen in the diary, or the day in view, filled in."""
        place = self.place
        told: dict[str, object] = {"clinic": self.clinic.slug, "day": self.day.isoformat()}
        if place is not None:
            told |= {"who": place.whom, "from": f"{place.at:%H:%M}", "for": place.minutes}
        return f"{reverse('desk_leave')}?{urlencode({key: value for key, value in told.items() if value})}"

    @property
    def extent(self) -> Extent:
        """Which visits are drawn."""
        zone, whose = self.clinic.zone, self.whose
        return Extent(
            clinic=self.clinic.pk,
            window=Span(
                wallclock.day_span(self.dates[0], zone).start, wallclock.day_span(self.dates[-1], zone).end
            ),
            practitioner=whose.pk if isinstance(whose, Practitioner) else None,
            room=whose.pk if isinstance(whose, Room) else None,
        )

    @property
    def kept(self) -> dict[str, str]:
        """What every form of the desk carries, so that its answer shows the same again."""
        told = {
            "clinic": self.clinic.slug, "day": self.day.isoformat(), "view": self.drawn,
            "by": "room" if self.by_room else "", "who": self.who,
        }  # fmt: skip
        return {key: value for key, value in told.items() if value}

    @property
    def kept_place(self) -> dict[str, object]:
        """And what a booking carries besides: the place that was chosen."""
        told = self.place.told if self.place else {}
        return {key: value for key, value in told.items() if value}

    def address(self, **more: object) -> str:
        """The diary's address with what is in view, and more. Where a booking goes on, the place chosen stays too."""
        goes_on = self.kept_place if {"patient", "type", "new"} & more.keys() else {}
        told = {**self.kept, **goes_on, **more}
        return f"{self._desk}?{urlencode({key: value for key, value in told.items() if value})}"

    @cached_property
    def _desk(self) -> str:
        return reverse("desk")

    @property
    def day_address(self) -> str:
        """The diary of a day; the day goes behind it."""
        return self.address(day="", view="", who="")

    @property
    def week_address(self) -> str:
        """The week; whose goes behind it."""
        return self.address(view="week", who="")

    @property
    def list_address(self) -> str:
        """The day as a list."""
        return self.address(view="list", who="")

    @property
    def people_address(self) -> str:
        """The same, with columns of practitioners."""
        return self.address(by="", who=EVERYBODY if self.of_all else "")

    @property
    def rooms_address(self) -> str:
        """The same, with columns of rooms."""
        return self.address(by="room", who=EVERYBODY if self.of_all else "")

    @property
    def home(self) -> str:
        """The diary's address with nothing else."""
        return self.address()

    @property
    def booking(self) -> str:
        """The address of a booking at the place that was chosen, if one was."""
        return self.address(**self.kept_place)


def asked(request: StaffRequest) -> View:
    """From `clinic` (short name) and `day` of the address or form; else the first of one's own clinics, today.

    A clinic whose diary one may not read counts as none.
    """
    told = {**request.GET.dict(), **request.POST.dict()}
    rows = policy.visible(request.user, Clinic, "diary").filter(archived_at=None)
    own = policy.reach(request.user).anywhere
    clinics = list(rows.order_by("name"))
    named = told.get("clinic_in_view", told.get("clinic"))
    first = sorted(clinics, key=lambda clinic: (clinic.slug != named, clinic.pk not in own))[:1]
    if not first:
        raise PermissionDenied(_("No clinic of yours is open. Ask a manager to give you a role in one."))
    clinic = first[0]
    return View(
        clinic=clinic,
        clinics=clinics,
        day=pages.chosen_day(request, told.get("day", ""), clinic.zone),
        today=wallclock.local_day(request.now, clinic.zone),
        drawn=told["view"] if told.get("view") in {"week", "list"} else "",
        by_room=told.get("by") == "room",
        who=EVERYBODY if told.get("who") == EVERYBODY else str(_uuid(told.get("who")) or ""),
        place=_place(told),
    )


def _place(told: dict[str, Any]) -> Place | None:
    """The place that was chosen in the diary; None where there is none, or it makes no sense."""
    try:
        at = parse_time(told.get("at", ""))
    except ValueError:
        at = None
    if at is None:
        return None
    return Place(
        at=at.replace(tzinfo=None),
        whom=_uuid(told.get("whom")),
        room=_uuid(told.get("room")),
        minutes=_minutes(told.get("for", "")),
    )


def _minutes(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= 4
    return min(int(text), LONGEST_WISH) if is_number else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
