"""Every model has its policy table, and no history can be rewritten."""

from types import SimpleNamespace
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import Error, connection, models, transaction

from clinic import policy
from clinic.checks import OPEN_TO_NOBODY, OURS, every_model_has_a_table
from clinic.models import AccessEvent, Role, User
from tests import factories

ROLES = {*Role.values, policy.PATIENT}


def history() -> list[type[models.Model]]:
    """The tables that database triggers write."""
    return [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]


def test_every_model_has_a_policy_table() -> None:
    assert [fault.msg for fault in run_checks() if fault.id == "clinic.E001"] == []


def test_the_check_sees_a_model_without_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {model: table for model, table in policy.tables().items() if model is not User}
    monkeypatch.setattr(policy, "_TABLES", known)
    assert [fault.msg for fault in run_checks() if fault.id == "clinic.E001"] == [
        "User has no table in its app's policy.py"
    ]


def test_the_check_spares_history_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not whatever has "Event" in its name."""
    written = history()[0]
    guest = type("EventGuest", (), {"_meta": SimpleNamespace(app_label="clinic", auto_created=False)})
    monkeypatch.setattr(apps, "get_models", lambda: [guest, written])
    assert [fault.msg for fault in every_model_has_a_table(None)] == [
        "EventGuest has no table in its app's policy.py"
    ]


def test_tables_name_known_roles_only() -> None:
    assert {role for table in policy.tables().values() for role in table} <= ROLES


def test_nobody_but_the_audit_reads_access_events_and_tokens() -> None:
    assert {model.__name__ for model in policy.tables()} & OPEN_TO_NOBODY == set()


def test_each_app_has_its_history() -> None:
    assert {model._meta.app_label for model in history()} == OURS


@pytest.mark.django_db
@pytest.mark.assures("AU-02")
@pytest.mark.parametrize("model", history(), ids=lambda model: model.__name__)
@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}"])
def test_history_cannot_be_changed(model: type[models.Model], statement: str) -> None:
    """By a trigger on each row; the row is made here, for a trigger on an empty table proves nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'"
            " AND tgtype & 1 = 1 AND tgtype & 2 = 2 AND tgtype & %s > 0",
            [f'"{model._meta.db_table}"', 16 if statement.startswith("UPDATE") else 8],
        )
        assert cursor.fetchone() != (0,), f"{model.__name__} has no guard"


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_written_line_of_history_stays(act: str) -> None:
    user = factories.UserFactory.create(name="Ada")
    User.objects.filter(pk=user.pk).update(name="Ada Lovelace")
    lines: Any = apps.get_model("clinic", "UserEvent").objects.filter(pgh_obj_id=user.pk)
    assert lines.count() == 2
    with pytest.raises(Error), transaction.atomic():
        lines.update(name="Nobody") if act == "update" else lines._raw_delete("default")
    assert set(lines.values_list("name", flat=True)) == {"Ada", "Ada Lovelace"}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_written_access_event_stays(act: str, now: Any) -> None:
    event = AccessEvent.objects.create(
        at=now, user_id=factories.UserFactory.create().pk, patient_ids=[], what="x", door="page"
    )
    rows = AccessEvent.objects.filter(pk=event.pk)
    with pytest.raises(Error), transaction.atomic():
        rows.update(what="y") if act == "update" else rows._raw_delete("default")
    assert rows.get().what == "x"
