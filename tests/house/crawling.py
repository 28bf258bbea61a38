"""Follows the links of one principal's pages to what no walk has asked for yet."""

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import urljoin

from django.http import QueryDict
from django.test import Client

LINK = re.compile(r'(?:href|src)="([^"#]*)')


class Crawl:
    """Remembers what was asked for and where else the answers lead."""

    def __init__(self, client: Client, files: set[str]) -> None:
        """`files` are static files that were there for somebody: they are there for all."""
        self.client, self.files = client, files
        self.seen: set[str] = set()
        self.ahead: deque[tuple[str, str]] = deque()

    def get(self, url: str) -> Any:
        """The answer; its links come to the queue. What was refused counts as unseen: a link to it would be dead."""
        answer = self.client.get(url)
        if answer.status_code >= 400:
            return answer
        self.seen.add(_shape(url))
        if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            found = (urljoin(url, unescape(link)) for link in LINK.findall(answer.content.decode()))
            self.ahead.extend(
                (link, url) for link in found if link.startswith("/") and not link.startswith("/media/")
            )
        return answer

    def dead(self, *, most: int) -> list[str]:
        """The links that lead nowhere, among the next `most` kinds of page: what, where to, where from."""
        dead, asked = [], 0
        while self.ahead and asked < most:
            url, source = self.ahead.popleft()
            if _shape(url) in self.seen or url in self.files:
                continue
            if url.startswith("/static/"):
                self.files.add(url)
            asked += 1
            answer = self.get(url)
            self.seen.add(_shape(url))
            if answer.status_code >= 400:
                dead.append(f"{answer.status_code} {url} on {source}")
            elif answer.status_code == 302:  # of a link; an address that only stands in may lead anywhere
                self.ahead.append((urljoin(url, answer["Location"]), url))
        return dead


def _shape(url: str) -> str:
    """What pages of one kind share: the path without ids and days, and the names that the query gives values to."""
    path, _mark, query = url.partition("?")
    return re.sub(r"[0-9a-f-]{36}|\d{4}-\d\d-\d\d", "*", path) + "?" + "&".join(sorted(QueryDict(query)))
