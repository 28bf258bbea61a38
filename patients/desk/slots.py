"""The chosen slot as a form sends it, for booking and for moving alike."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinic.models import ConsultationType, Practitioner
from clinic.rules import wallclock
from patients.actions.proposing import Offer, Offers


@dataclass(frozen=True)
class SlotValue:
    """A slot as a radio button carries it: `PRACTITIONER|START`."""

    practitioner: UUID
    start: datetime


class SlotField(forms.CharField):
    """Reads a SlotValue. A made-up one, or one without its offset from UTC, is a form error."""

    default_error_messages = {
        "required": _("Choose one of the free times."),
        "invalid": _("Choose one of the free times in the list."),
    }

    def clean(self, value: Any) -> Any:
        """The slot; None where none is told and none needs to be."""
        text = super().clean(value)
        if not text:
            return None
        practitioner, _bar, start = text.partition("|")
        try:
            who, when = UUID(practitioner), parse_datetime(start)
        except ValueError:
            who, when = None, None
        if who is None or when is None or when.tzinfo is None or not wallclock.is_near(when.date()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return SlotValue(who, when)


OF_THE_SAME, NEAR = 3, 5
"""Of the free times near a place in the diary: so many with the practitioner wanted, so many in all."""


def near(offers: Offers, *, whom: UUID | None, start: datetime) -> tuple[Offers, bool]:
    """The offers with those of the day nearest the place that was chosen on top, and whether it is itself among them.

    Without `whom` any practitioner's will do.
    """
    ordered = sorted(offers.of_day, key=lambda each: (abs(each.start - start), each.start))
    same = [each for each in ordered if whom in {None, each.practitioner.pk}]
    others = [each for each in ordered if each not in same]
    same = same[: max(OF_THE_SAME, NEAR - len(others))]
    best = [*same, *others[: NEAR - len(same)]]
    is_free = bool(same) and same[0].start == start
    return (replace(offers, best=best, is_nearest=True) if best else offers), is_free


def chosen_first(
    offers: Offers, *, practitioner: Practitioner, start: datetime, kind: ConsultationType
) -> Offers:
    """The offers with the time that was chosen on top, once: for a refusal that leaves it to be had."""
    same = (practitioner.pk, start)
    own = next((each for each in offers.best if (each.practitioner.pk, each.start) == same), None)
    chosen = own or Offer(
        practitioner=practitioner, start=start, end=start + timedelta(minutes=kind.duration_min), is_own=False
    )
    return replace(offers, best=[chosen, *(each for each in offers.best if each is not own)])
