"""The log of a session in a browser: what a patient entered outlives a network that is away, and is stored once."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from patients.models import Patient
from programs.models import SessionLog
from tests.journeys.conftest import House, Sits, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(house: House, sits: Sits, elena: Patient, elenas_program: SimpleNamespace) -> Page:
    """The form on Elena's phone, filled in."""
    page = sits(elena.portal_access.get().user, viewport={"width": 390, "height": 844}).page
    page.goto("/portal/session/")
    page.get_by_role("button", name="All as planned").click()
    for scale, value in (("pain_after", "2"), ("effort", "4")):
        page.locator(f'[name="{scale}"][value="{value}"]').check(force=True)
    page.locator('[name="note"]').fill("went well")
    return page


def send(page: Page) -> Locator:
    """The button of the form."""
    return page.get_by_role("button", name="Send", exact=True)


def test_without_a_network_the_page_stays_with_what_was_entered_and_sends_it_later(phone: Page) -> None:
    phone.context.set_offline(True)
    send(phone).click()
    alert = phone.get_by_role("alert").filter(has_text="Not sent: no network.")
    expect(alert).to_contain_text("What you entered stays here; send it again when you are connected.")
    expect(send(phone)).to_be_enabled()
    expect(phone.locator('[name="note"]')).to_have_value("went well")
    assert "went well" not in phone.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not SessionLog.objects.exists()
    phone.context.set_offline(False)
    send(phone).click()
    expect(phone.get_by_text("Saved. Your physiotherapist can see it now.")).to_be_visible()
    assert phone.url.endswith("/portal/")
    assert SessionLog.objects.get().note == "went well"


def test_what_arrived_though_its_answer_was_lost_is_stored_once(phone: Page) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    phone.route("**/portal/session/", lose_the_answer, times=1)
    send(phone).click()
    expect(phone.get_by_text("Not sent: no network.")).to_be_visible()
    until(SessionLog.objects.exists, "the session")
    send(phone).click()
    expect(phone.get_by_role("heading", name="Already sent at")).to_be_visible()
    assert SessionLog.objects.count() == 1


def test_a_double_click_sends_once(phone: Page) -> None:
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    send(phone).dblclick()
    expect(phone.get_by_text("Saved. Your physiotherapist can see it now.")).to_be_visible()
    assert len(sent) == 1


def test_what_is_missing_is_said_as_without_the_script(phone: Page) -> None:
    phone.locator('[name="pain_after"]').first.evaluate(
        "radio => document.querySelectorAll(`[name=${radio.name}]`).forEach(each => each.checked = false)"
    )
    send(phone).click()
    expect(phone.get_by_text("Say how much pain there is now, 0 for none.")).to_be_visible()
    expect(phone.locator('[name="note"]')).to_have_value("went well")
    expect(send(phone)).to_be_enabled()
    assert not SessionLog.objects.exists()


def test_a_server_that_fails_leaves_the_page_too(phone: Page) -> None:
    phone.route("**/portal/session/", lambda route: route.fulfill(status=502), times=1)
    send(phone).click()
    expect(phone.get_by_text("Not sent: the clinic could not take it just now.")).to_be_visible()
    expect(phone.locator('[name="note"]')).to_have_value("went well")
