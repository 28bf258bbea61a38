"""The furniture of every page: sign-in first, rows by policy, reads written down, refusals beside their field."""

from datetime import datetime
from uuid import uuid4

import pytest
import time_machine
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from clinic.models import AccessEvent, Clinic, User
from clinic.rules.refusals import Refusal
from clinic.web import pages
from patients.models import Patient

pytestmark = pytest.mark.django_db


@pages.for_who_may("book", Clinic)
def desk(request: pages.StaffRequest) -> HttpResponse:
    return HttpResponse(request.now.isoformat())


def ask(user: User | None) -> HttpRequest:
    request = RequestFactory().get("/somewhere/?page=2")
    request.user = user or AnonymousUser()
    return request


@pytest.fixture
def request_of_jonas(jonas: object, now: datetime) -> pages.StaffRequest:
    request = ask(jonas.user)  # type: ignore[attr-defined]
    request.now = now  # type: ignore[attr-defined]
    return request  # type: ignore[return-value]


def test_a_stranger_is_sent_to_the_sign_in_and_comes_back() -> None:
    answer = desk(ask(None))
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/somewhere/%3Fpage%3D2"


def test_the_clock_is_read_once_and_handed_on(hedda: User, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        assert desk(ask(hedda)).content.decode() == now.isoformat()


def test_who_may_not_is_forbidden(elena: Patient) -> None:
    with pytest.raises(PermissionDenied):
        desk(ask(elena.portal_access.get().user))


@pytest.mark.assures("AZ-02")
def test_a_foreign_row_and_a_missing_one_are_the_same_404(
    request_of_jonas: pages.StaffRequest, elena: Patient
) -> None:
    said = set()
    for key in (elena.pk, uuid4()):
        with pytest.raises(Http404) as missing:
            pages.fetch(request_of_jonas, "view", Patient, pk=key)
        said.add(str(missing.value))
    assert len(said) == 1


def test_a_row_that_may_be_seen_but_not_acted_on_is_403(
    request_of_jonas: pages.StaffRequest, riverside: Clinic
) -> None:
    assert pages.fetch(request_of_jonas, "view", Clinic, pk=riverside.pk) == riverside
    with pytest.raises(PermissionDenied, match="Ask a colleague"):
        pages.fetch(request_of_jonas, "book", Clinic, pk=riverside.pk)


@pytest.mark.assures("AU-01")
def test_one_answer_is_one_access_event_with_each_patient_once(
    request_of_jonas: pages.StaffRequest, elena: Patient, zoe: Patient, now: datetime
) -> None:
    pages.seen(request_of_jonas, "caseload", [zoe.pk, elena.pk, zoe.pk])
    event = AccessEvent.objects.get()
    assert (event.at, event.user_id, event.what, event.door) == (
        now,
        request_of_jonas.user.pk,
        "caseload",
        "page",
    )
    assert event.patient_ids == sorted([elena.pk, zoe.pk])


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(("field", "beside"), [("name", "name"), ("", "__all__"), ("other", "__all__")])
def test_a_refusal_stands_beside_its_field(field: str, beside: str) -> None:
    form = NameForm({"name": "x"})
    assert form.is_valid()

    def refuse() -> None:
        raise Refusal("Choose another name.", field=field)

    assert pages.attempt(form, refuse) is None
    assert form.errors == {beside: ["Choose another name."]}


def test_what_is_done_comes_back() -> None:
    assert pages.attempt(NameForm({"name": "x"}), lambda: 7) == 7


def test_an_unforeseen_fault_flies() -> None:
    with pytest.raises(ZeroDivisionError):
        pages.attempt(NameForm({"name": "x"}), lambda: 1 / 0)
