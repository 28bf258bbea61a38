"""The load: one process that keeps many connections busy, so that it takes little of the machine it measures.

Knows only as much HTTP as the answers of our own server need: a status, headers, a body of a length that is said.
"""

import json
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

PATIENCE = 60.0
"""Seconds to wait for any answer at all."""
HOST = "127.0.0.1"


class Broken(RuntimeError):  # noqa: N818 - an outcome that the message explains
    """The server hung up or fell silent in the middle of a measurement."""


@dataclass(frozen=True)
class Answer:
    """One answer: its status, the seconds from the last byte sent to the last received, its headers and body."""

    status: int
    seconds: float
    head: bytes
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """The value of a header; "" where there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _colon, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""


def call(method: str, path: str, *, headers: Mapping[str, str] | None = None, body: object = None) -> bytes:
    """The bytes of a request; a body is sent as JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass
class _Line:
    """One connection: what has been received of the answer that is awaited, and since when it is."""

    socket: socket.socket
    since: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class Clients:
    """So many connections to the server, kept alive from one run to the next."""

    def __init__(self, port: int, connections: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._lines = [
            _Line(socket.create_connection((HOST, port), timeout=PATIENCE)) for _ in range(connections)
        ]
        for line in self._lines:
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(line.socket, selectors.EVENT_READ, line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._selector.close()
        for line in self._lines:
            line.socket.close()

    def run(self, calls: Iterable[bytes], *, seconds: float = float("inf")) -> list[Answer]:
        """The answers to the calls, in the order in which they came; no call begins after `seconds`.

        Each connection asks again as soon as it is answered. Raises Broken.
        """
        return list(self._answers(iter(calls), time.perf_counter() + seconds))

    def _answers(self, calls: Iterator[bytes], deadline: float) -> Iterator[Answer]:
        awaited = sum(self._ask(line, calls, deadline) for line in self._lines)
        while awaited:
            ready = self._selector.select(PATIENCE)
            if not ready:
                raise Broken(f"No answer for {PATIENCE:.0f} s: see the server's log.")
            for key, _events in ready:
                line: _Line = key.data
                answer = _received(line)
                if answer is not None:
                    awaited += self._ask(line, calls, deadline) - 1
                    yield answer

    def _ask(self, line: _Line, calls: Iterator[bytes], deadline: float) -> bool:
        """Sends the next call, if there is one and time for it; whether it did."""
        if time.perf_counter() >= deadline:
            return False
        request = next(calls, None)
        if request is None:
            return False
        line.received.clear()
        line.socket.sendall(request)
        line.since = time.perf_counter()
        return True


def _received(line: _Line) -> Answer | None:
    """The answer, once all of it is there. Raises Broken where the server hung up."""
    some = line.socket.recv(1 << 18)
    if not some:
        raise Broken("The server hung up in the middle of a measurement: see its log.")
    line.received += some
    return parsed(line.received, time.perf_counter() - line.since)


def parsed(received: bytearray, seconds: float) -> Answer | None:
    """The answer that these bytes are, None while some of it is missing."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[:end])
    missing = end + 4 + _length(head) - len(received)
    if missing > 0:
        return None
    return Answer(int(head[9:12]), seconds, head, bytes(received[end + 4 :]))


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    return int(lowered[at + 17 :].split(b"\r\n", 1)[0])
