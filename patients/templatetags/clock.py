"""Filters that place things on the drawn diary: classes of clock.css, so that no inline style is needed."""

from datetime import datetime

from django import template
from django.utils import timezone

from patients.actions.proposing import Offer

register = template.Library()
GRID_MIN = 5


@register.filter
def at(instant: datetime) -> str:
    """Where on the day it is, on the clock in force: `at-0805`; minutes between the five-minute marks go to `plus`."""
    local = timezone.localtime(instant)
    return f"at-{local.hour:02}{local.minute // GRID_MIN * GRID_MIN:02}"


@register.filter
def plus(instant: datetime) -> str:
    """The minutes past the last five-minute mark: `plus-2`."""
    return f"plus-{timezone.localtime(instant).minute % GRID_MIN}"


@register.filter
def lasts(minutes: float) -> str:
    """How long it is drawn: `for-30`; at least five minutes, so that it can be seen."""
    return f"for-{max(GRID_MIN, round(minutes / GRID_MIN) * GRID_MIN)}"


@register.filter
def apart(offers: list[Offer] | None) -> list[tuple[int, Offer]]:
    """The offers that are drawn, each with its number in the list: none over another of the same practitioner."""
    drawn: list[tuple[int, Offer]] = []
    for number, offer in enumerate(offers or [], start=1):
        same = (each for _number, each in drawn if each.practitioner.pk == offer.practitioner.pk)
        if all(each.end <= offer.start or offer.end <= each.start for each in same):
            drawn.append((number, offer))
    return drawn


@register.filter
def slot(offer: object) -> str:
    """A slot as a radio button carries it: `PRACTITIONER|START` in UTC."""
    start: datetime = offer.start  # type: ignore[attr-defined]
    return f"{offer.practitioner.pk}|{start.isoformat()}"  # type: ignore[attr-defined]
