"""The only gate: who sees which rows, and who may do what to them. One table a model; nobody asks a right elsewhere.

`may(user, act, obj)` is the same as: the act stands in the model's table for a role of the user, and the row is
among those that the role sees. What nobody registered, nobody may.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from clinic.models import (
    Block,
    Clinic,
    ConsultationType,
    HoursException,
    Membership,
    OpeningHours,
    Organisation,
    OutboxMessage,
    Practitioner,
    ReminderLead,
    Role,
    Room,
    User,
    WeeklyHours,
)
from clinic.models.row import WholeRow, from_columns
from clinic.reach import PATIENT, Reach, forget_reach, held_by, reach, remember
from clinic.rules.refusals import Kind, Refusal

__all__ = [
    "EVERYTHING", "PATIENT", "Grant", "Hidden", "NotYours", "Reach", "can", "everything", "fetch",
    "fetch_all", "forget_reach", "grant", "held_by", "in_clinics", "is_staff", "may", "reach", "register", "remember",
    "tables", "treats_at", "visible",
]  # fmt: skip

M = TypeVar("M", bound=Model)


class Hidden(Refusal):
    """No such row, or not yours: the answer is the same, so that it tells nothing."""

    code = "not_found"
    kind = Kind.MISSING


class NotYours(Refusal):
    """You may see it, but not do this to it."""

    code = "not_allowed"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Grant:
    """To the rows that `rows` selects, the acts named."""

    rows: Callable[["Reach"], Q]
    acts: frozenset[str]


Table = Mapping[str, Sequence[Grant]]
_TABLES: dict[type[Model], Table] = {}
EVERYTHING = Q()


def register(model: type[Model], table: Table) -> None:
    """Give a model its table: role → grants. A second table for a model is a mistake, and raises ValueError."""
    if model in _TABLES:
        raise ValueError(f"{model.__name__} has a table already")
    _TABLES[model] = table


def tables() -> Mapping[type[Model], Table]:
    """All tables, for the test that walks them."""
    return dict(_TABLES)


def grant(rows: Callable[["Reach"], Q], *acts: str) -> Grant:
    """A grant, as it reads well in a table: whose rows, then the acts."""
    return Grant(rows, frozenset(acts))


def everything(_reach: "Reach") -> Q:
    """All rows of the organisation."""
    return EVERYTHING


def in_clinics(role: str, path: str = "clinic") -> Callable[["Reach"], Q]:
    """Rows of the clinics in which the user holds the role; `path` leads from the row to its clinic."""
    return lambda mine: Q(**{f"{path}__in": mine.of(role)})


def is_staff(user: User | AnonymousUser) -> bool:
    """Whether the user holds any membership: such a user signs in with a second factor."""
    return bool(user.is_authenticated and reach(user).clinics)


def can(user: User | AnonymousUser, act: str, model: type[Model]) -> bool:
    """Whether a role of the user has the act at all, for some row: what a navigation asks."""
    return bool(_grants(user, act, model))


def visible(user: User, model: type[M], act: str = "view") -> QuerySet[M]:
    """The rows to which the user may do the act; none for who is not signed in or not active."""
    condition = _condition(user, act, model)
    rows = model._default_manager.all()
    if condition is None:
        return rows.none()
    return rows if condition == EVERYTHING else rows.filter(condition)


def may(user: User, act: str, obj: Model) -> bool:
    """Whether the user may do the act to this row. Of a row that was fetched for the act it is known already."""
    return (user.pk, act) in _known(obj) or visible(user, type(obj), act).filter(pk=obj.pk).exists()


def fetch(user: User, act: str, rows: type[M] | QuerySet[M], /, **lookup: object) -> M:
    """The one row that matches and to which the user may do the act. `rows` may bring its own joins.

    Raises Hidden for "no such row" and for "not yours" alike, and NotYours where the user may view it but not act.
    """
    queryset = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    model = queryset.model
    if _condition(user, act, model) != EVERYTHING:
        queryset = queryset.filter(pk__in=visible(user, model, act).values("pk"))
    try:
        row = queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, ValidationError):
        if act != "view" and _seen(user, model, lookup):
            raise NotYours(_("Your role does not include this. Ask a colleague who may.")) from None
        raise Hidden(_("There is nothing here for you. Go back and choose again.")) from None
    _known(row).add((user.pk, act))
    return row


def fetch_all(user: User, *wanted: tuple[str, type[Model], UUID]) -> list[Any]:
    """The rows of several models, each asked for by an act and its id; in one query. Refuses as `fetch` does."""
    rows: dict[int, Model] = {}
    parts = [
        visible(user, model, act).filter(pk=pk).values_list(Value(place), WholeRow(model))
        for place, (act, model, pk) in enumerate(wanted)
    ]
    for place, found in parts[0].union(*parts[1:], all=True):
        act, model, _pk = wanted[place]
        rows[place] = from_columns(model, found)
        _known(rows[place]).add((user.pk, act))
    return [
        rows.get(place) or fetch(user, act, model, pk=pk) for place, (act, model, pk) in enumerate(wanted)
    ]


def _known(row: Model) -> set[tuple[UUID, str]]:
    """Who may do which acts to the row, as far as it was fetched for them; it lives no longer than its request."""
    known: set[tuple[UUID, str]] = row.__dict__.setdefault("_fetched_for", set())
    return known


def _seen(user: User, model: type[Model], lookup: Mapping[str, object]) -> bool:
    try:
        return visible(user, model).filter(**lookup).exists()
    except (ValueError, ValidationError):
        return False


def _condition(user: User, act: str, model: type[Model]) -> Q | None:
    """Which rows, in the terms of a filter: EVERYTHING, or None for none at all."""
    conditions = [found.rows(reach(user)) for found in _grants(user, act, model)]
    if not conditions or EVERYTHING in conditions:
        return EVERYTHING if conditions else None
    return reduce(or_, conditions)


def _grants(user: User | AnonymousUser, act: str, model: type[Model]) -> list[Grant]:
    if not (user.is_authenticated and user.is_active):
        return []
    mine = reach(user)
    table = _TABLES.get(model, {})
    return [
        found for role, grants in table.items() for found in grants if act in found.acts and mine.holds(role)
    ]


# --- places, people and hours. All staff see them, roles in their own clinics only; managers set those of theirs.

_SEE = [grant(everything, "view")]
_ADD = grant(everything, "view", "add")
_DESK = "book", "move", "cancel", "arrive", "start", "complete", "no_show", "undo"
"""What is done to the diary of a clinic; to read one is "diary"."""

register(
    Clinic,
    {
        Role.FRONT_DESK: [
            grant(everything, "view", "diary"), grant(in_clinics(Role.FRONT_DESK, "pk"), *_DESK, "register"),
        ],
        Role.PHYSIOTHERAPIST: [*_SEE, grant(in_clinics(Role.PHYSIOTHERAPIST, "pk"), *_DESK, "diary", "treat")],
        Role.MANAGER: [
            _ADD,  # who opens a clinic manages it (actions/opening)
            grant(in_clinics(Role.MANAGER, "pk"), *_DESK, "diary", "register", "count", "change", "close"),
        ],
        PATIENT: _SEE,
    },
)  # fmt: skip
for _set_by_managers in (Room, OpeningHours, WeeklyHours, ReminderLead):
    register(
        _set_by_managers,
        {
            Role.FRONT_DESK: _SEE,
            Role.PHYSIOTHERAPIST: _SEE,
            Role.MANAGER: [*_SEE, grant(in_clinics(Role.MANAGER), "add", "change", "delete")],
        },
    )

_ROLES: dict[str, list[Grant]] = {role: [grant(in_clinics(role), "view")] for role in Role.values}
_ROLES[Role.MANAGER] = [grant(in_clinics(Role.MANAGER), "view", "add", "change", "delete")]
register(Membership, _ROLES)


def treats_at(role: str, path: str = "practitioner") -> Callable[["Reach"], Q]:
    """Rows of practitioners of the clinics in which the user holds the role; `path` leads to the practitioner."""
    return lambda mine: Q(
        **{f"{path}__in": Practitioner.objects.filter(clinics__in=mine.of(role)).values("pk")}
    )


def _absences_to_enter(mine: "Reach") -> Q:
    """Leave of the practitioners of a manager's clinics, their extra hours at these, and closures of these."""
    here = in_clinics(Role.MANAGER)(mine)
    return treats_at(Role.MANAGER)(mine) & (Q(clinic=None) | here) | Q(practitioner=None) & here


def _called_in_sick(mine: "Reach") -> Q:
    """Leave of the practitioners of a desk's clinics: it is the desk that answers the phone."""
    return treats_at(Role.FRONT_DESK)(mine) & Q(clinic=None)


def _own_absences(mine: "Reach") -> Q:
    """One's own leave, and one's own extra hours where one treats."""
    return Q(practitioner__user=mine.user) & (Q(clinic=None) | in_clinics(Role.PHYSIOTHERAPIST)(mine))


register(
    HoursException,
    {
        Role.FRONT_DESK: [*_SEE, grant(_called_in_sick, "add", "delete")],
        Role.PHYSIOTHERAPIST: [*_SEE, grant(_own_absences, "add", "delete")],
        Role.MANAGER: [*_SEE, grant(_absences_to_enter, "add", "delete")],
    },
)
register(
    Practitioner,
    {
        Role.FRONT_DESK: [*_SEE, grant(treats_at(Role.FRONT_DESK, "pk"), "absent")],
        Role.PHYSIOTHERAPIST: [*_SEE, grant(lambda mine: Q(user=mine.user), "absent", "extra")],
        Role.MANAGER: [_ADD, grant(treats_at(Role.MANAGER, "pk"), "change", "absent", "extra")],
        PATIENT: _SEE,
    },
)
_KEEP = [grant(everything, "view", "add", "change")]
_SHARED = {Role.FRONT_DESK: _SEE, Role.PHYSIOTHERAPIST: _SEE, Role.MANAGER: _KEEP, PATIENT: _SEE}
for _shared in (Organisation, ConsultationType):
    register(_shared, _SHARED)


def _staff(mine: "Reach") -> Q:
    """The staff of a manager's clinics, and so the manager too."""
    return Q(pk__in=Membership.objects.filter(clinic__in=mine.of(Role.MANAGER)).values("user"))


def _only_theirs(mine: "Reach") -> Q:
    """The staff of a manager's clinics, and of no other: whoever works elsewhere too is not theirs alone."""
    elsewhere = Membership.objects.exclude(clinic__in=mine.of(Role.MANAGER)).values("user")
    return _staff(mine) & ~Q(pk__in=elsewhere)


_PEOPLE = [grant(everything, "add"), grant(_staff, "view"), grant(_only_theirs, "change")]
register(User, {Role.MANAGER: _PEOPLE})
register(
    Block,
    {
        Role.FRONT_DESK: _SEE,
        Role.PHYSIOTHERAPIST: [grant(in_clinics(Role.PHYSIOTHERAPIST), "view")],
        Role.MANAGER: [grant(in_clinics(Role.MANAGER), "view")],
    },
)
_POST = [grant(everything, "view", "resend")]
register(OutboxMessage, {Role.FRONT_DESK: _POST, Role.MANAGER: _POST})
