"""No dead link: each role follows every link from its home page."""

import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

LINK = re.compile(r'(?:href|src)="([^"#]*)')
MOST = 120
"""So many pages a role; the calendar has a page a day without end."""

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["nobody", "elena", "hedda", "mira", "noor"])
def test_every_link_leads_somewhere(rows: dict[str, Any], browsers: dict[str, Client], who: str) -> None:
    client, seen, queue, dead = browsers[who], set(), [("/", "")], []
    while queue and len(seen) < MOST:
        url, source = queue.pop(0)
        shape = re.sub(r"[0-9a-f-]{36}|\d{4}-\d\d-\d\d", "*", url)
        if shape in seen:
            continue
        seen.add(shape)
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
