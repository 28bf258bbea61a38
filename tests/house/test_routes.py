"""Every address has a declared answer for every principal; one that nobody declared fails (AZ-01)."""

from typing import Any

import pytest
from django.test import Client

from tests.house.crawling import Crawl
from tests.house.routes import ANSWERS, PRINCIPALS
from tests.house.walking import address, routes

MOST = 400
"""So many pages a principal beyond the routes; where there are more, the pages lead on without end."""

pytestmark = pytest.mark.django_db


def answer_class(answer: Any) -> str:
    """What sort of answer it is, in one word."""
    if answer.status_code == 302:
        return "login" if answer["Location"].startswith("/accounts/login/") else "go"
    return {200: "ok", 401: "401", 403: "403", 404: "404", 405: "405"}.get(
        answer.status_code, str(answer.status_code)
    )


@pytest.mark.assures("AZ-01")
def test_every_route_is_declared() -> None:
    assert set(routes()) - set(ANSWERS) == set()


def test_no_route_is_declared_that_is_gone() -> None:
    assert set(ANSWERS) - set(routes()) == set()


@pytest.mark.timeout(400)  # two thousand pages
@pytest.mark.assures("AZ-01", "AZ-02")
def test_every_principal_is_answered_as_declared_and_meets_no_dead_link(
    rows: dict[str, Any], browsers: dict[str, Client]
) -> None:
    assert list(browsers) == list(PRINCIPALS)
    files: set[str] = set()
    crawls = {name: Crawl(client, files) for name, client in browsers.items()}
    wrong = {}
    for route, declared in ANSWERS.items():
        path = address(route, rows)
        got = [answer_class(crawl.get(path)) for crawl in crawls.values()]
        if got != declared.split():
            wrong[route] = f"{' '.join(got)}, declared {declared}"
    assert wrong == {}
    dead = [(name, link) for name, crawl in crawls.items() for link in crawl.dead(most=MOST)]
    assert dead == [], "\n".join(map(str, dead))
    assert not any(crawl.ahead for crawl in crawls.values())
