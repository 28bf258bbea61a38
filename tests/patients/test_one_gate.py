"""Every door that gives somebody a time of the diary passes one gate: the same times are refused at each of them.

A door that comes later (an import, another calendar) joins DOORS. The admin is none: it reads visits, and books none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic.actions import linking
from clinic.models import Block, Clinic, ConsultationType, Practitioner, User
from patients.actions import seating, waiting
from patients.actions.seating import NotOffered
from patients.models import Consultation, Patient
from patients.rules.redflags import QUESTIONS
from tests.doors import api, browser
from tests.patients.conftest import BY_SCRIPT, TEN, WEDNESDAY, Booked
from tests.patients.test_desk_series import planned_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine"), pytest.mark.assures("BO-07")]
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
V1 = "/api/v1/consultations/"
FREE = TEN + 2 * HOUR


@dataclass
class Stage:
    """Elena, who has a visit with Mira on Friday, wants another time of hers; who lets her in, and how."""

    hedda: User
    elena: Patient
    mira: Practitioner
    clinic: Clinic
    kind: ConsultationType
    visit: Consultation
    now: datetime

    @property
    def body(self) -> dict[str, str]:
        """What the API is sent, without the start."""
        return {
            "patient": str(self.elena.pk), "practitioner": str(self.mira.pk), "clinic": str(self.clinic.pk),
            "type": str(self.kind.pk),
        }  # fmt: skip

    def panel(self, start: datetime) -> dict[str, Any]:
        """What the booking panel sends."""
        sent = {**WEDNESDAY, "patient": str(self.elena.pk), "type": str(self.kind.pk)}
        return {**sent, "slot": f"{self.mira.pk}|{start.isoformat()}"}


def desk(stage: Stage, start: datetime) -> Any:
    """The booking panel."""
    return browser(stage.hedda).post("/desk/book/", stage.panel(start))


def series(stage: Stage, start: datetime) -> Any:
    """The booking panel, for a second week too: dates as the page gave them out, and the first one bent."""
    client = browser(stage.hedda)
    asked = {**stage.panel(FREE), "times": 2}
    page = client.post("/desk/series/", asked).content.decode()
    dates = [f"{stage.mira.pk}|{each.isoformat()}" for each in (start, FREE + WEEK)]
    return client.post("/desk/book/", {**asked, "planned_for": planned_for(page), "dates": dates})


def drag(stage: Stage, start: datetime) -> Any:
    """A visit that is dropped elsewhere in the diary."""
    local = start.astimezone(stage.clinic.zone)
    place = {"on": f"{local:%Y-%m-%d}", "clock": f"{local:%H:%M}", "practitioner": str(stage.mira.pk)}
    address = f"/desk/visits/{stage.visit.pk}/move/"
    return browser(stage.hedda).post(address, {**WEDNESDAY, **place}, headers=BY_SCRIPT)


def api_books(stage: Stage, start: datetime) -> Any:
    """A program."""
    return api(stage.hedda).post(V1, {**stage.body, "start": start.isoformat()})


def api_moves(stage: Stage, start: datetime) -> Any:
    """A program that moves."""
    return api(stage.hedda).post(f"{V1}{stage.visit.pk}/move/", {"start": start.isoformat()})


def waitlist(stage: Stage, start: datetime) -> Any:
    """An offer to who waits."""
    wanted = waiting.Wanted(
        patient=stage.elena, type=stage.kind, since=stage.now.date(), until=stage.now.date() + 2 * WEEK
    )
    entry = stage.elena.waitlist.first() or waiting.wish(wanted=wanted, by=None, now=stage.now)
    place = f"{stage.clinic.pk}|{stage.mira.pk}|{start.isoformat()}"
    address = reverse("desk_waitlist_offer", args=[entry.pk])
    return browser(stage.hedda).post(address, {"place": place, "how": "offer"})


def online(stage: Stage, start: datetime) -> Any:
    """Online booking, by somebody whom nobody knows."""
    client = Client()
    client.post("/book/", {"reason": "Stiff", **{question.key: "no" for question in QUESTIONS}})
    asked = f"clinic={stage.clinic.slug}&type={stage.kind.pk}&with={stage.mira.pk}"
    ada = {
        "given_name": "Ada", "family_name": "Novak", "birth_date": "1990-02-03", "phone": "030 1234567",
        "email": "ada@example.org",
    }  # fmt: skip
    return client.post(f"/book/details/?{asked}&start={start:%Y-%m-%dT%H:%MZ}", ada)


def mail(stage: Stage, start: datetime) -> Any:
    """The link in a mail, by which patients move their visit."""
    token = linking.make(purpose="visit-move", subject=stage.visit.pk, now=stage.now, version=1)
    slot = f"{stage.mira.pk} {start:%Y-%m-%dT%H:%MZ}"
    return Client().post(reverse("visit_move", args=[token]), {"slot": slot})


DOORS = [desk, series, drag, api_books, api_moves, waitlist, online, mail]


@pytest.fixture
def stage(  # noqa: PLR0917 - the whole cast plays
    booked: Booked, elena: Patient, samuel: Patient, mira: Practitioner, riverside: Clinic,
    follow_up: ConsultationType, hedda: User, now: datetime,
) -> Stage:  # fmt: skip
    follow_up.online = True
    follow_up.save(update_fields=["online"])
    booked(samuel)
    visit = booked(elena, TEN + timedelta(days=2))
    return Stage(hedda, elena, mira, riverside, follow_up, visit, now)


def taken() -> set[datetime]:
    """What stands in the diary, or is held in it."""
    return set(Block.objects.filter(active=True).values_list("start", flat=True))


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_no_door_gives_a_time_that_the_gate_refuses(
    stage: Stage, door: Callable[[Stage, datetime], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = taken()
    assert door(stage, TEN).status_code < 500
    assert taken() == before, "somebody else has it"
    with monkeypatch.context() as patch:
        patch.setattr(seating, "seat", closed)
        door(stage, FREE)
        assert taken() == before, "it goes around the gate"
    door(stage, FREE)
    assert FREE in taken(), "nothing else was in its way"


def closed(*_args: object, **_named: object) -> None:
    """A gate that lets nobody in."""
    raise NotOffered("Come tomorrow.", field="start")


def test_the_admin_books_nothing(stage: Stage, noor: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = noor
    assert not site.is_registered(Block)
    admin = site.get_model_admin(Consultation)
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request, stage.visit)
    assert not re.search(r'name="start', browser(noor).get("/admin/").content.decode())
