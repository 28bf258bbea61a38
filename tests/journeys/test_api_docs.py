"""The API's description opens in a browser under our CSP."""

import pytest

from tests.journeys.conftest import House, Sits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]


def test_the_description_of_the_api_is_drawn_and_nothing_of_it_is_refused(house: House, sits: Sits) -> None:
    seat = sits()
    seat.page.goto("/api/v1/docs/")
    seat.page.get_by_text("/api/v1/consultations/", exact=True).first.wait_for()
    seat.page.get_by_text("/api/v1/slots/", exact=True).click()
    seat.page.get_by_text("at most 31 days in all").wait_for()
    assert seat.faults == []
