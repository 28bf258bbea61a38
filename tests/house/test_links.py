"""No dead link: each role follows every link from its home page."""

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.http import QueryDict
from django.test import Client

LINK = re.compile(r'(?:href|src)="([^"#]*)')
MOST = 120
"""So many pages a role; the calendar has a page a day without end."""

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def fetched() -> set[str]:
    """Static files that are there for one are there for all."""
    return set()


def shape(url: str) -> str:
    """What pages of one kind share: the path without ids and days, and the names that the query gives values to."""
    path, _mark, query = url.partition("?")
    return re.sub(r"[0-9a-f-]{36}|\d{4}-\d\d-\d\d", "*", path) + "?" + "&".join(sorted(QueryDict(query)))


@pytest.mark.parametrize("who", ["nobody", "elena", "hedda", "mira", "noor"])
def test_every_link_leads_somewhere(
    rows: dict[str, Any], browsers: dict[str, Client], fetched: set[str], who: str
) -> None:
    client, queue, dead = browsers[who], [("/", "")], []
    seen: set[str] = set()
    while queue and len(seen) < MOST:
        url, source = queue.pop(0)
        if shape(url) in seen or url in fetched:
            continue
        seen.add(shape(url))
        if url.startswith("/static/"):
            fetched.add(url)
        answer = client.get(url)
        if answer.status_code >= 400:
            dead.append((answer.status_code, url, source))
        elif answer.status_code == 302:
            queue.append((urljoin(url, answer["Location"]), url))
        elif answer["Content-Type"].startswith("text/html") and not answer.streaming:
            found = (urljoin(url, unescape(link)) for link in LINK.findall(answer.content.decode()))
            queue += [
                (link, url) for link in found if link.startswith("/") and not link.startswith("/media/")
            ]
    assert dead == [], "\n".join(map(str, dead))
    assert len(seen) > 3
