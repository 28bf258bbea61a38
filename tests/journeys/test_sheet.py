"""The sheet in a browser: what was typed is not lost by leaving, and each change can be taken back."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Locator, Page, expect

from clinic.models import Practitioner
from tests.journeys.conftest import House, Sits

LEAVING_IS_ASKED = "!dispatchEvent(new Event('beforeunload', {cancelable: true}))"

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(house: House, sits: Sits, mira: Practitioner, elenas_program: SimpleNamespace) -> Page:
    """Elena's program in front of Mira."""
    page = sits(mira.user).page
    page.goto(f"/admin/programs/{elenas_program.program.pk}/")
    return page


def hold(page: Page, program: SimpleNamespace) -> Locator:
    """The field of the hold."""
    return page.locator(f'[name="{program.prescription.pk}-hold_s"]')


def test_a_refused_save_is_still_guarded_and_its_changes_can_be_taken_back(
    sheet: Page, elenas_program: SimpleNamespace
) -> None:
    assert not sheet.evaluate(LEAVING_IS_ASKED)
    hold(sheet, elenas_program).fill("8")
    sheet.locator("#save").click()
    expect(sheet.get_by_text("Say why")).to_be_visible()
    assert sheet.evaluate(LEAVING_IS_ASKED)
    sheet.get_by_role("button", name="Take back this change").click()
    expect(hold(sheet, elenas_program)).to_have_value("5")
    expect(sheet.locator("#change-list .chg")).to_have_count(0)
    assert not sheet.evaluate(LEAVING_IS_ASKED)


def test_what_was_applied_to_all_is_guarded_and_can_be_taken_back(
    sheet: Page, elenas_program: SimpleNamespace
) -> None:
    sheet.get_by_label("Change by").fill("+5")
    sheet.get_by_role("button", name="Apply", exact=True).click()
    expect(hold(sheet, elenas_program)).to_have_value("10")
    assert sheet.evaluate(LEAVING_IS_ASKED)
    expect(sheet.get_by_role("button", name="Take back this change")).to_have_count(1)


def test_what_the_server_asked_stays_while_one_types_the_reason(
    sheet: Page, elenas_program: SimpleNamespace
) -> None:
    """The page does not know every range: a question that vanished could never be answered."""
    hold(sheet, elenas_program).fill("070")
    sheet.get_by_role("textbox", name="Reason, kept with").fill("Older adult")
    sheet.locator("#save").click()
    meant = sheet.get_by_label("I prescribe 70 s on purpose.")
    expect(meant).to_be_visible()
    sheet.get_by_role("textbox", name="Reason, kept with").press_sequentially(", slowly")
    meant.check()
    sheet.locator("#save").click()
    expect(sheet.get_by_text("One dosage changed.")).to_be_visible()
    assert elenas_program.prescription.revisions.get(number=2).dosage.hold_s == 70
