"""What `run` says about signing in, and when the next start may skip its preparations."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from clinic.launch import serving
from clinic.launch.serving import Opening
from clinic.management.commands import run

OPENING = Opening("http://127.0.0.1:8000", "127.0.0.1", "  front desk  desk@demo.clinic")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone with a migration, a style, settings and an environment."""
    for name in ("clinic/migrations/0001_house.py", "clinic/static/clinic/base.css", "clinic/settings.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    for folder in (".venv", "var/static"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".venv" / "stamp.json").write_text("{}")
    serving.remember(tmp_path, tmp_path / "var", OPENING)
    return tmp_path


def test_a_start_with_nothing_new_is_remembered(root: Path) -> None:
    assert serving.remembered(root, root / "var") == OPENING


@pytest.mark.parametrize(
    "name", ["clinic/migrations/0002_more.py", "clinic/static/clinic/base.css", ".venv/stamp.json"]
)
def test_a_change_that_must_be_prepared_is_noticed(root: Path, name: str) -> None:
    (root / name).write_text("as it is now")
    assert serving.remembered(root, root / "var") is None


def test_another_address_is_said_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "http://127.0.0.1:8001")
    assert serving.remembered(root, root / "var") is None


@pytest.mark.parametrize("note", ["", "{", "null", "[]", '{"key": "of an older form"}'])
def test_a_note_that_says_nothing_counts_as_none(root: Path, note: str) -> None:
    (root / "var" / "prepared.json").write_text(note)
    assert serving.remembered(root, root / "var") is None


def test_styles_that_were_deleted_are_collected_again(root: Path) -> None:
    (root / "var" / "static").rmdir()
    assert serving.remembered(root, root / "var") is None


@pytest.mark.django_db
def test_an_empty_clinic_prints_a_link_that_opens(client: Client) -> None:
    link = run.first_sign_in().split()[-1]
    assert link.startswith(f"{settings.SITE_URL}/setup/")
    assert client.get(link.removeprefix(settings.SITE_URL)).status_code == 200


def test_each_demo_account_gets_a_line_and_codes_have_an_address() -> None:
    words = run.demo_log_ins(
        [
            {"role": "manager", "email": "manager@demo.clinic", "password": "a-long-one", "page": "/desk/"},
            {"role": "patient", "email": "patient@demo.clinic", "password": "", "page": "/portal/"},
        ]
    ).splitlines()
    assert words[0].split() == ["manager", "manager@demo.clinic", "a-long-one", "/desk/"]
    assert words[1].split("  ")[-1].strip() == "/portal/"
    assert "a code by email" in words[1]
    assert words[-1].endswith("/dev/outbox/")
