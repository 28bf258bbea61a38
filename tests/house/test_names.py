"""The names against which others script exist (design.md, section 4), migrations are whole, templates hold."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands
from django.template.loader import get_template
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.html"))
PATHS = {
    "slots/", "consultations/", "patients/", "patients/search/", "patients/{id}/", "clinics/", "practitioners/",
    "consultation-types/", "exercises/", "programs/", "programs/{id}/prescriptions/", "prescriptions/{id}/revisions/",
    "me/today/", "me/logs/", "me/logs/{id}/",
    *(f"consultations/{{id}}/{verb}/" for verb in ("confirm", "move", "cancel", "arrive", "start", "complete",
                                                  "no-show", "undo")),
}  # fmt: skip
ENVIRONMENT = [
    "SECRET_KEY",
    "FIELD_KEYS",
    "DEBUG",
    "DEMO",
    "SITE_URL",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "MEDIA_ROOT",
]


@pytest.mark.parametrize("command", ["run", "test", "demo", "token", "doctor"])
def test_the_command_exists(command: str) -> None:
    assert get_commands()[command] in {"clinic", "patients", "programs"}


@pytest.mark.parametrize("path", ["/", "/desk/", "/portal/", "/admin/", "/dev/outbox/", "/dev/ui/", "/healthz",
                                  "/readyz", "/metrics", "/api/v1/schema/", "/api/v1/docs/"])  # fmt: skip
def test_the_page_exists(path: str) -> None:
    assert resolve(path)


def test_the_schema_has_the_paths() -> None:
    schema = SchemaGenerator().get_schema(public=True)
    assert {f"/api/v1/{path}" for path in PATHS} - set(schema["paths"]) == set()


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_the_environment_is_read(name: str) -> None:
    assert re.search(rf'env\.\w+\(\s*"{name}"', (ROOT / "clinic" / "settings.py").read_text("utf-8"))


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_compiles(path: Path) -> None:
    assert get_template(str(path))


@pytest.mark.assures("IN-02")
@pytest.mark.parametrize("path", [path for path in TEMPLATES if "emails" not in path.parts], ids=str)
def test_a_template_has_no_inline_script_style_or_handler(path: Path) -> None:
    source = (ROOT / "templates" / path).read_text("utf-8")
    assert not re.search(r"<style[\s>]|\sstyle=|\son\w+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)(?![^<]*application/json)", source)


def test_the_api_speaks_json_alone() -> None:
    assert settings.REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"] == ["rest_framework.renderers.JSONRenderer"]
