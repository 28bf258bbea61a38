"""What every API door shares: one clock a request, rows by policy, reads written down, lists with cursors."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import pghistory
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, DateField, DateTimeField, Serializer
from rest_framework.views import APIView

from clinic import policy
from clinic.models import AccessEvent, User
from clinic.rules import wallclock
from clinic.rules.refusals import Refusal

M = TypeVar("M", bound=Model)
LONGEST = timedelta(days=31)
"""The most days that one question may ask for."""


class TooManyDays(Refusal):
    """The range of dates is turned round or longer than 31 days."""

    code = "bad_range"


class ById(CursorPagination):
    """`{"next", "previous", "results"}`, in the order in which rows were made."""

    ordering = "id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200


class Moment(DateTimeField):
    """A time with its offset, in the years 1900 to 2200.

    Without an offset it is refused: nobody guesses in which zone the sender thinks.
    """

    default_error_messages = {
        "naive": _("Give the time with its offset, such as 2026-03-17T09:00:00+01:00."),
        "far": _("Give a time between the years 1900 and 2200."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """The value as it was sent."""
        if value.tzinfo is None:
            self.fail("naive")
        if not wallclock.is_near(value.date()):
            self.fail("far")
        return super().enforce_timezone(value)


class Day(DateField):
    """A date in the years 1900 to 2200."""

    default_error_messages = {"far": _("Give a date between the years 1900 and 2200.")}

    def to_internal_value(self, value: Any) -> date:
        """The date as it was sent."""
        day: date = super().to_internal_value(value)
        if not wallclock.is_near(day):
            self.fail("far")
        return day


def unknown(sent: Iterable[object], known: Iterable[str]) -> dict[str, list[str]]:
    """A sentence for each name that nothing reads, with the names that are read; empty where all are known."""
    names = sorted(known)
    words = _("Nothing reads %(name)s: remove it, or use one of %(names)s.")
    return {
        name: [words % {"name": name[:60], "names": ", ".join(names)}]
        for name in map(str, sent)
        if name not in names
    }


class Body(Serializer[Any]):
    """What is sent, field by field. An unknown field is refused, for a misspelt one would be lost without a word."""

    def to_internal_value(self, data: Any) -> Any:
        """The fields that were sent. Raises ValidationError for each that cannot be read, unknown ones among them."""
        faults: dict[str, Any] = unknown(data, self.fields) if isinstance(data, Mapping) else {}
        try:
            told = super().to_internal_value(data)
        except ValidationError as fault:
            faults = {**fault.detail, **faults} if isinstance(fault.detail, dict) else faults
        if faults:
            raise ValidationError(faults)
        return told


class Period(Serializer[Any]):
    """`from` and `to`, dates in the clinic's zone, both inclusive, at most 31 days."""

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python, so the fields are named here."""
        return {"from": Day(), "to": Day(), **super().get_fields()}


def period(told: dict[str, Any]) -> tuple[date, date]:
    """The validated dates. Raises TooManyDays."""
    first, last = told["from"], told["to"]
    if not first <= last <= first + LONGEST - timedelta(days=1):
        raise TooManyDays(_("Ask for 1 to 31 days, the first before the last."), field="to")
    return first, last


class Door(APIView):
    """Base of the API's views. `act` and `model` say what one needs to come in at all."""

    act = "view"
    model: type[Model] | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Signed in, and with the act to some row; everybody else is answered 401 or 403.

        The history of what the request changes names the user from here on: a token was not read before.
        """
        super().initial(request, *args, **kwargs)
        pghistory.context(user=str(self.user.pk))
        if self.model is not None and not policy.can(self.user, self.act, self.model):
            raise PermissionDenied(_("Your role does not include this."))

    @cached_property
    def now(self) -> datetime:
        """The moment at which the request came."""
        return timezone.now()

    @property
    def user(self) -> User:
        """Who asks."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - IsAuthenticated stands before every door
        return user

    def fetch(self, act: str, rows: type[M] | QuerySet[M], /, **lookup: object) -> M:
        """The row by policy; its refusals become 404 or 403."""
        return policy.fetch(self.user, act, rows, **lookup)

    def fetch_all(self, *wanted: tuple[str, type[Model], UUID]) -> list[Any]:
        """The rows of several models by policy, in one query."""
        return policy.fetch_all(self.user, *wanted)

    def seen(self, what: str, patients: Iterable[UUID]) -> None:
        """Write down that the answer shows data of these patients."""
        AccessEvent.objects.create(
            at=self.now, user_id=self.user.pk, patient_ids=sorted(set(patients)), what=what, door="api"
        )

    def read(self, serializer: type[BaseSerializer[Any]], data: Any) -> dict[str, Any]:
        """What was sent, checked for shape; 400 with a sentence a field."""
        form = serializer(data=data)
        form.is_valid(raise_exception=True)
        told: dict[str, Any] = form.validated_data
        return told

    def mapping(self) -> dict[str, Any]:
        """The body as names and values; 400 where it is a list or a bare value."""
        sent = self.request.data
        if not isinstance(sent, dict):
            raise ValidationError(_("Send one object with named fields."))
        return sent

    def listed(self, rows: QuerySet[M], serializer: type[BaseSerializer[Any]]) -> tuple[Response, list[M]]:
        """One page of rows as the answer, and the rows on it."""
        pages = ById()
        page = pages.paginate_queryset(rows, self.request, self) or []
        return pages.get_paginated_response(serializer(page, many=True).data), list(page)
