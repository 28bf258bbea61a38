"""Plays many clients at once in one process: each follows its own script, and goes on with what it was answered.

A script yields what it asks and is sent the answer. Each client has a connection, kept alive, and an address of the
loopback network of its own, for the product counts what comes from one address.
"""

import selectors
import socket
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

from bench.load import HOST, PATIENCE, Answer, Broken, parsed

TOOK = "X-Took"
"""The header in which bench/timed says how long the worker had the request."""
FORM_KEY = "proofsproofsproofsproofsproofs32"
"""What a browser would have been given as a cookie to send back with each form."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request. `door` is where its answer is counted; `anew` asks from another address than before."""

    door: str
    request: bytes
    anew: bool = False


Script = Generator[Ask, Answer, None]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of one request: `seconds` until its client had the answer, `served` of them in the worker."""

    door: str
    status: int
    seconds: float
    served: float


def form(
    path: str, told: Mapping[str, object], *, cookie: str = "", headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of a form that a browser sends; a list is sent as several fields of one name."""
    content = urlencode({**told, "csrfmiddlewaretoken": FORM_KEY}, doseq=True).encode()
    cookies = f"csrftoken={FORM_KEY}{'; ' if cookie else ''}{cookie}"
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", f"Cookie: {cookies}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass
class _Client:
    """One client: its script, its connection, and what it waits for."""

    script: Script
    asked: Ask
    line: socket.socket | None = None
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class Players:
    """All clients of one play; `heard` is all that was answered, in order."""

    def __init__(self, port: int, *, addresses: Iterator[int] | None = None) -> None:
        self.heard: list[Heard] = []
        self._port = port
        self._addresses = addresses or count(1)
        self._selector = selectors.DefaultSelector()

    def play(self, scripts: Sequence[Script]) -> None:
        """Returns when every script has come to its end. Raises Broken."""
        clients = [_Client(script, asked) for script in scripts if (asked := next(script, None))]
        for client in clients:
            self._ask(client)
        playing = len(clients)
        while playing:
            ready = self._selector.select(PATIENCE)
            if not ready:
                raise Broken(f"No answer for {PATIENCE:.0f} s: see the server's log.")
            playing -= sum(self._goes_home(key.data) for key, _events in ready)

    def _goes_home(self, client: _Client) -> bool:
        """Takes what came in, and asks on; whether the script is over."""
        answer = self._received(client)
        if answer is None:
            return False
        self.heard.append(_heard(client.asked.door, answer))
        try:
            client.asked = client.script.send(answer)
        except StopIteration:
            self._hang_up(client)
            return True
        self._ask(client)
        return False

    def _ask(self, client: _Client) -> None:
        if client.asked.anew:
            self._hang_up(client)
        client.received.clear()
        line = client.line or self._connected(client)
        line.sendall(client.asked.request)
        client.since = time.perf_counter()

    def _connected(self, client: _Client) -> socket.socket:
        """A new connection, from an address from which nobody has come yet."""
        number = next(self._addresses)
        source = f"127.{1 + number // 62_500}.{number // 250 % 250 + 1}.{number % 250 + 1}"
        client.line = socket.create_connection(
            (HOST, self._port), timeout=PATIENCE, source_address=(source, 0)
        )
        client.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(client.line, selectors.EVENT_READ, client)
        return client.line

    def _hang_up(self, client: _Client) -> None:
        if client.line is not None:
            self._selector.unregister(client.line)
            client.line.close()
            client.line = None

    def _received(self, client: _Client) -> Answer | None:
        """The answer, once all of it is there. Raises Broken where the server hung up."""
        assert client.line is not None
        some = client.line.recv(1 << 18)
        if not some:
            raise Broken("The server hung up in the middle of a play: see its log.")
        client.received += some
        return parsed(client.received, time.perf_counter() - client.since)


def _heard(door: str, answer: Answer) -> Heard:
    served = float(answer.header(TOOK) or 0) / 1000
    return Heard(door=door, status=answer.status, seconds=answer.seconds, served=served)
