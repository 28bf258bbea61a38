"""Finds patients as the desk looks for them: in a hurry, by whatever the caller says first."""

from datetime import date
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, CharField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Reverse
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import User
from patients.models import Patient
from patients.rules import names

LIKE_ENOUGH = 0.4
"""How alike a word must be to a part of the name (pg_trgm word similarity): a slip in six letters passes."""
SHORTEST_LIKE = 3
"""A word shorter than this has too few trigrams to be compared: it must begin a name."""
LONGEST_NUMBER = 9


def find(*, text: str, user: User, limit: int = 8) -> list[Patient]:
    """The likeliest patients that the user may see, best first; none for fewer than two characters.

    The text is a date of birth, the end of a phone number, a patient number, an email address, or names in any order
    and with typing errors, with a date or year of birth behind them if that is known. Names that begin as typed come
    first. What fits a merged record finds the one that was kept, which says so in `merged_from`.
    """
    text = text.replace("\x00", "").strip()  # PostgreSQL has no such character
    rows = policy.visible(user, Patient).filter(archived_at=None)
    if by_digits := _digits(text):
        backwards = rows.alias(backwards=Reverse("phone", output_field=CharField()))
        return _kept(list(backwards.filter(by_digits).order_by("search_name", "pk")[:limit]), user)
    asked = names.name_and_birth(text)
    folded = names.fold(asked.name)
    if len(folded) < 2:
        return []
    if asked.born:
        rows = rows.filter(birth_date=asked.born)
    elif asked.year:
        rows = rows.filter(birth_date__range=(date(asked.year, 1, 1), date(asked.year, 12, 31)))
    return _kept(_by_name(rows, folded, limit), user)


def _digits(text: str) -> Q | None:
    """What a search text of digits asks for: a date of birth, the end of a phone number, a patient number, or any."""
    asked = Q()
    if born := names.looks_like_birth_date(text):
        asked |= Q(birth_date=born)
    if digits := names.looks_like_phone(text):
        asked |= Q(backwards__startswith=digits[::-1])
    number = text.removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
        asked |= Q(number=int(number))
    if "@" in text:
        asked |= Q(email__in=[text, text.lower()])
    return asked or None


def _kept(found: list[Patient], user: User) -> list[Patient]:
    """The same with the kept record in the place of one that was merged into it; each once. A query if any was."""
    wanted = {row.merged_into_id for row in found if row.merged_into_id}
    if not wanted:
        return found
    kept = {row.pk: row for row in policy.visible(user, Patient).filter(pk__in=wanted, archived_at=None)}
    told: dict[UUID, Patient] = {}
    for row in found:
        if row.merged_into_id is None:
            told.setdefault(row.pk, row)
        elif row.merged_into_id in kept and row.merged_into_id not in told:
            into = told[row.merged_into_id] = kept[row.merged_into_id]
            into.merged_from = _("%(name)s, no. %(number)s") % {"name": row.name, "number": row.number}
    return list(told.values())


def _by_name(rows: QuerySet[Patient], folded: str, limit: int) -> list[Patient]:
    """Who is named so, or nearly so; where nobody is, who would be but for one slip of the fingers in each word."""
    return _named(rows, folded, limit) or _named(rows, folded, limit, slips=True)


def _named(rows: QuerySet[Patient], folded: str, limit: int, *, slips: bool = False) -> list[Patient]:
    matches, begins = Q(), Q()
    for word in folded.split():
        begins_a_name = _begins(word)
        begins &= begins_a_name
        if len(word) < SHORTEST_LIKE:
            matches &= begins_a_name
            continue
        alike = Q(search_name__trigram_word_similar=word)
        if slips:
            alike |= Q(search_name__regex=names.slips(word))
        matches &= alike
    rank = Case(
        When(search_name__startswith=folded, then=Value(0)),
        When(begins, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    likeness = TrigramWordSimilarity(folded, "search_name")
    found = rows.filter(matches).order_by(rank, likeness.desc(), "search_name", "pk")
    with transaction.atomic(), connection.cursor() as cursor:
        # The index answers only by the operator, and the operator compares with this setting.
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        return list(found[:limit])


def _begins(word: str) -> Q:
    """The word begins a part of the name."""
    return Q(search_name__startswith=word) | Q(search_name__contains=f" {word}")
