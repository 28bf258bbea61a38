"""The one gate: who sees which rows of places and people, and who may do what to them."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from clinic import policy
from clinic.models import (
    AccessEvent,
    ApiToken,
    Block,
    Clinic,
    ConsultationType,
    HoursException,
    Membership,
    OutboxMessage,
    Practitioner,
    Role,
    Room,
    User,
    WeeklyHours,
)
from clinic.rules.refusals import Kind, Refusal
from patients.models import Patient
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(
    hedda: User, noor: User, mira: Practitioner, jonas: Practitioner, elena: Patient
) -> dict[str, User]:
    """One user a role, by name."""
    assert mira.user
    assert jonas.user
    return {
        "hedda": hedda,
        "noor": noor,
        "mira": mira.user,
        "jonas": jonas.user,
        "elena": elena.portal_access.get().user,
    }


@pytest.mark.parametrize(
    ("act", "model", "who"),
    [
        ("view", Clinic, "hedda noor mira jonas elena"),
        ("change", Clinic, "noor"),
        ("book", Clinic, "hedda noor mira jonas"),
        ("count", Clinic, "noor"),
        ("treat", Clinic, "mira jonas"),
        ("view", Room, "hedda noor mira jonas"),
        ("change", Room, "noor"),
        ("change", WeeklyHours, "noor"),
        ("view", Membership, "hedda noor mira jonas"),
        ("change", Membership, "noor"),
        ("delete", Membership, "noor"),
        ("view", Practitioner, "hedda noor mira jonas elena"),
        ("change", Practitioner, "noor"),
        ("add", HoursException, "hedda noor mira jonas"),
        ("view", User, "noor"),
        ("view", Block, "hedda noor mira jonas"),
        ("view", OutboxMessage, "hedda noor"),
        ("resend", OutboxMessage, "hedda noor"),
        ("view", AccessEvent, ""),
        ("view", ApiToken, ""),
        ("fly", Clinic, ""),
    ],
)
def test_each_act_belongs_to_its_roles(
    people: dict[str, User], act: str, model: type[Model], who: str
) -> None:
    assert {name for name, user in people.items() if policy.can(user, act, model)} == set(who.split())


def test_a_role_reaches_the_clinics_in_which_it_is_held(
    people: dict[str, User], riverside: Clinic, old_town: Clinic
) -> None:
    booked = {name: {clinic for clinic in (riverside, old_town) if policy.may(user, "book", clinic)}
              for name, user in people.items()}  # fmt: skip
    assert booked == {
        "hedda": {riverside},
        "noor": {riverside},
        "mira": {riverside},
        "jonas": {old_town},
        "elena": set(),
    }


def test_several_roles_add_up(people: dict[str, User], old_town: Clinic, riverside: Clinic) -> None:
    mira = people["mira"]
    Membership.objects.create(user=mira, clinic=old_town, role=Role.MANAGER)
    mira = User.objects.get(pk=mira.pk)
    assert policy.may(mira, "treat", riverside)
    assert policy.may(mira, "change", old_town)
    assert not policy.may(mira, "treat", old_town)
    assert not policy.may(mira, "change", riverside)


@pytest.mark.assures("SE-04")
def test_a_disabled_user_reaches_nothing(people: dict[str, User], riverside: Clinic) -> None:
    User.objects.update(is_active=False)
    for user in User.objects.all():
        assert not policy.visible(user, Clinic).exists()
        assert not policy.may(user, "view", riverside)


def test_nobody_who_is_not_signed_in_reaches_anything(riverside: Clinic) -> None:
    nobody: User = AnonymousUser()  # type: ignore[assignment]
    assert not policy.visible(nobody, Clinic).exists()
    assert not policy.can(nobody, "view", Clinic)


@pytest.mark.assures("AZ-02")
def test_what_is_missing_and_what_is_hidden_are_told_alike(people: dict[str, User], elena: Patient) -> None:
    jonas = people["jonas"]
    said = []
    for act, key in (
        ("view", elena.pk),
        ("view", uuid4()),
        ("change", elena.pk),
        ("view", "no id"),
        ("change", None),
    ):
        with pytest.raises(policy.Hidden) as refused:
            policy.fetch(jonas, act, Patient, pk=key)
        said.append((refused.value.message, refused.value.code, refused.value.kind, refused.value.details))
    assert len({str(each) for each in said}) == 1
    assert said[0][2] is Kind.MISSING


def test_what_may_be_seen_but_not_done_is_forbidden(people: dict[str, User], old_town: Clinic) -> None:
    with pytest.raises(policy.NotYours) as refused:
        policy.fetch(people["hedda"], "book", Clinic, pk=old_town.pk)
    assert refused.value.kind is Kind.FORBIDDEN


def test_it_keeps_the_joins_of_the_rows_that_it_is_given(
    people: dict[str, User], room: Room, django_assert_num_queries: object
) -> None:
    found = policy.fetch(people["hedda"], "view", Room.objects.select_related("clinic"), pk=room.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert found.clinic.name == "Riverside"


def test_rows_of_several_models_come_in_one_query_as_if_fetched_one_by_one(
    people: dict[str, User],
    elena: Patient,
    mira: Practitioner,
    riverside: Clinic,
    django_assert_num_queries: Any,
) -> None:
    hedda = people["hedda"]
    follow_up = factories.TypeFactory.create()
    wanted = [
        ("view", Patient, elena.pk), ("view", Practitioner, mira.pk), ("book", Clinic, riverside.pk),
        ("view", ConsultationType, follow_up.pk),
    ]  # fmt: skip
    policy.reach(hedda).holds("front_desk")
    with django_assert_num_queries(1):
        rows = policy.fetch_all(hedda, *wanted)
    for row, (act, model, pk) in zip(rows, wanted, strict=True):
        alone = policy.fetch(hedda, act, model, pk=pk)
        names = [field.attname for field in model._meta.concrete_fields]
        assert [getattr(row, name) for name in names] == [getattr(alone, name) for name in names]


@pytest.mark.parametrize(
    ("act", "where", "refusal"), [("book", "old_town", policy.NotYours), ("view", "nowhere", policy.Hidden)]
)
def test_of_several_rows_the_one_that_is_not_ones_own_is_refused_as_if_fetched_alone(
    people: dict[str, User],
    mira: Practitioner,
    old_town: Clinic,
    act: str,
    where: str,
    refusal: type[Refusal],
) -> None:
    clinic = old_town.pk if where == "old_town" else uuid4()
    with pytest.raises(refusal):
        policy.fetch_all(people["hedda"], ("view", Practitioner, mira.pk), (act, Clinic, clinic))
    with pytest.raises(policy.Hidden):
        policy.fetch_all(people["elena"], ("view", Room, clinic), ("book", Clinic, clinic))


def test_what_was_fetched_for_an_act_is_not_asked_about_again_but_for_another_act_or_user(
    people: dict[str, User], riverside: Clinic, django_assert_num_queries: Any
) -> None:
    hedda, noor = people["hedda"], people["noor"]
    clinic = policy.fetch(hedda, "book", Clinic, pk=riverside.pk)
    with django_assert_num_queries(0):
        assert policy.may(hedda, "book", clinic)
    assert not policy.may(hedda, "change", clinic)
    assert not policy.may(people["elena"], "book", clinic)
    assert policy.may(noor, "change", clinic)


def test_a_users_reach_is_read_once(people: dict[str, User], django_assert_num_queries: object) -> None:
    hedda = User.objects.get(pk=people["hedda"].pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert policy.can(hedda, "book", Clinic)
        assert policy.can(hedda, "view", Block)
        assert not policy.can(hedda, "treat", Clinic)


def test_a_second_table_for_a_model_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="Clinic has a table already"):
        policy.register(Clinic, {})


def test_a_manager_sees_the_staff_of_their_own_clinics_only(
    people: dict[str, User], riverside: Clinic, old_town: Clinic
) -> None:
    """Decision 6: neither patients nor who works elsewhere alone; whoever works here too is seen."""
    noor = people["noor"]

    def seen() -> set[str]:
        return {name for name, user in people.items() if policy.may(noor, "view", user)}

    assert seen() == {"hedda", "noor", "mira"}
    Membership.objects.create(user=people["jonas"], clinic=riverside, role=Role.FRONT_DESK)
    assert seen() == {"hedda", "noor", "mira", "jonas"}


def test_a_manager_changes_the_staff_of_their_own_clinic_only(
    people: dict[str, User], riverside: Clinic, old_town: Clinic
) -> None:
    """Not patients, not staff of another clinic, and not who works at another clinic as well."""
    noor = people["noor"]
    assert {name for name, user in people.items() if policy.may(noor, "change", user)} == {
        "hedda",
        "noor",
        "mira",
    }
    Membership.objects.create(user=people["hedda"], clinic=old_town, role=Role.FRONT_DESK)
    assert not policy.may(noor, "change", people["hedda"])
    Membership.objects.create(user=people["jonas"], clinic=riverside, role=Role.FRONT_DESK)
    assert not policy.may(noor, "change", people["jonas"])


def test_who_holds_which_role_is_seen_in_ones_own_clinics_only(
    people: dict[str, User], old_town: Clinic
) -> None:
    seen = {
        name: set(policy.visible(user, Membership).values_list("user__name", flat=True))
        for name, user in people.items()
    }
    here = {people[name].name for name in ("hedda", "noor", "mira")}
    assert seen == {
        "hedda": here, "noor": here, "mira": here, "jonas": {people["jonas"].name}, "elena": set(),
    }  # fmt: skip


def test_a_manager_changes_the_practitioners_of_their_own_clinics_only(
    people: dict[str, User], old_town: Clinic
) -> None:
    noor, mira, jonas = people["noor"], people["mira"].practitioner, people["jonas"].practitioner
    for act in ("change", "absent"):
        assert policy.may(noor, act, mira)
        assert not policy.may(noor, act, jonas)
    assert policy.may(noor, "view", jonas)


def test_the_desk_says_who_is_absent_in_its_own_clinics_and_gives_nobody_extra_hours(
    people: dict[str, User],
) -> None:
    hedda, mira, jonas = people["hedda"], people["mira"].practitioner, people["jonas"].practitioner
    assert policy.may(hedda, "absent", mira)
    assert not policy.may(hedda, "absent", jonas)
    assert not policy.can(hedda, "extra", Practitioner)
    assert policy.may(people["noor"], "extra", mira)


def test_a_manager_sets_the_rooms_of_their_own_clinic(
    people: dict[str, User], room: Room, old_town: Clinic
) -> None:
    elsewhere = factories.RoomFactory.create(clinic=old_town)
    assert policy.may(people["noor"], "change", room)
    assert not policy.may(people["noor"], "change", elsewhere)
