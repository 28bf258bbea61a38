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


def field(page: Page, program: SimpleNamespace, name: str) -> Locator:
    """A field of knee-to-chest."""
    return page.locator(f'[name="{program.prescription.pk}-{name}"]')


def test_all_that_lies_outside_is_asked_as_one_types_and_stays_when_the_reason_is_missing(
    sheet: Page, elenas_program: SimpleNamespace
) -> None:
    sheet.get_by_text("More fields").click()
    for name, value in (("reps", "50"), ("reps_max", "60"), ("pain_ceiling", "9")):
        field(sheet, elenas_program, name).fill(value)
    asked = sheet.locator("#change-list .meant input")
    expect(asked).to_have_count(3)
    for meant in ("50", "60", "9"):
        sheet.get_by_label(f"I prescribe {meant} on purpose.").check()
    sheet.locator("#save").click()
    expect(sheet.get_by_text("Say why, in a few words")).to_be_visible()
    expect(sheet.locator("#change-list .meant input:checked")).to_have_count(3)
    sheet.get_by_role("textbox", name="Reason, kept with").fill("An athlete")
    sheet.locator("#save").click()
    expect(sheet.get_by_text("One dosage changed.")).to_be_visible()
    dosage = elenas_program.prescription.revisions.get(number=2).dosage
    assert (dosage.reps, dosage.reps_max, dosage.pain_ceiling) == (50, 60, 9)


def test_repetitions_above_the_most_are_named_as_one_types(
    sheet: Page, elenas_program: SimpleNamespace
) -> None:
    sheet.get_by_text("More fields").click()
    field(sheet, elenas_program, "reps_max").fill("8")
    said = sheet.locator("#change-list").get_by_text("“Up to” must not be below “Reps”.")
    expect(said).to_be_visible()
    field(sheet, elenas_program, "reps_max").fill("12")
    expect(said).to_have_count(0)


def test_the_second_change_of_an_exercise_stands_under_the_same_heading(
    sheet: Page, elenas_program: SimpleNamespace
) -> None:
    field(sheet, elenas_program, "reps").fill("12")
    hold(sheet, elenas_program).fill("8")
    second = sheet.locator("#change-list .chg").nth(1)
    value, back = second.locator(".v").bounding_box(), second.get_by_role("button").bounding_box()
    assert value
    assert back
    assert value["y"] < back["y"] + back["height"]  # beside each other, no empty line above
