"""Every page of every role: no barrier that axe finds, no width that overflows, nothing that the browser refuses."""

from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from clinic.models import ConsultationType, Practitioner, User
from clinic.rules import wallclock
from patients.models import Patient
from tests import factories
from tests.journeys.conftest import House, Seat, Sits

INSIDE = """[...document.querySelectorAll(".panel .body")].filter(body => body.scrollWidth > body.clientWidth)
.flatMap(body => [...body.querySelectorAll("*")].filter(each =>
    each.getBoundingClientRect().right > body.getBoundingClientRect().right + 1)
    .map(each => each.outerHTML.slice(0, 80)))"""
"""What runs past the edge of a panel. A panel scrolls by itself, so the page's own width does not tell."""
WIDTHS = (320, 390, 820, 1440)
LOOKED_AT = (390, 1440)
"""Widths at which axe runs; the words and roles are the same at the others."""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]


def test_who_is_not_signed_in_meets_no_barrier(house: House, sits: Sits, riverside: Any) -> None:
    """The home page and the two doors."""
    look_at(sits(), "/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/")


def test_the_front_desk_meets_no_barrier(
    house: House, sits: Sits, hedda: User, elena: Patient, mira: Practitioner, follow_up: ConsultationType
) -> None:
    """The diary, its panel with the types of a whole clinic, and the patients."""
    for name in ("Initial assessment", "Re-assessment", "Exercise class", "Review by video"):
        factories.TypeFactory.create(name=name)
    look_at(
        sits(hedda),
        "/desk/",
        "/desk/?view=list",
        "/desk/?view=week",
        "/desk/?by=room",
        "/desk/?view=week&by=room",
        "/desk/?at=10:00",
        "/desk/print/",
        "/desk/?new=1",
        f"/desk/?patient={elena.pk}",
        "/desk/patients/",
        f"/desk/patients/{elena.pk}/",
        "/messages/",
    )


def test_the_physiotherapist_meets_no_barrier(
    house: House, sits: Sits, mira: Practitioner, elena: Patient, elenas_program: SimpleNamespace
) -> None:
    """The day, the caseload, a record, a program's sheet, the library."""
    program, prescription = elenas_program.program, elenas_program.prescription
    look_at(
        sits(mira.user),
        "/admin/my-day/",
        "/admin/caseload/",
        "/admin/patients/",
        f"/admin/patients/{elena.pk}/",
        f"/admin/patients/{elena.pk}/programs/",
        f"/admin/programs/{program.pk}/",
        f"/admin/prescriptions/{prescription.pk}/stop/",
        "/admin/programs/exercise/",
    )


def test_the_manager_meets_no_barrier(house: House, sits: Sits, noor: User) -> None:
    """The numbers, the diary, the messages and the records."""
    look_at(sits(noor), "/desk/numbers/", "/desk/", "/messages/", "/admin/records/")


def test_the_patient_meets_no_barrier(
    house: House, sits: Sits, elena: Patient, elenas_program: SimpleNamespace
) -> None:
    """Today, an exercise, the log of a session, progress, visits, own data."""
    today = wallclock.local_day(timezone.now(), elena.clinic.zone)
    assert elenas_program.program.starts_on <= today
    look_at(
        sits(elena.portal_access.get().user),
        "/portal/",
        f"/portal/exercises/{elenas_program.prescription.pk}/",
        "/portal/session/",
        "/portal/progress/",
        "/portal/visits/",
        "/portal/you/",
    )


def look_at(seat: Seat, *paths: str) -> None:
    """Opens each page, at each width; collects all that is wrong before it fails."""
    found = [fault for path in paths for fault in faults_of(seat.page, path)]
    assert found + seat.faults == []


def faults_of(page: Page, path: str) -> list[str]:
    """What axe, the answer and the widths say about one page."""
    answer = page.goto(path)
    found = [] if answer is not None and answer.ok else [f"{path}: {answer and answer.status}"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{path} at {width}: wider than the screen")
        found += [f"{path} at {width}: past the panel's edge: {each}" for each in page.evaluate(INSIDE)]
        if width in LOOKED_AT:
            # Not preloaded: axe would put the style sheets into the page again, which our policy rightly refuses.
            result = Axe().run(page, options={"preload": False})
            found += [f"{path} at {width}: {words_of(each)}" for each in result.response["violations"]]
    return found


def words_of(violation: dict[str, Any]) -> str:
    """Which rule, and where."""
    places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['help']}): {places}"
