"""What the measurements count with is checked: percentiles, answers read in pieces, doubles by hand-written SQL."""

import inspect
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from django.db import connection

from bench import ground, judging, load, playing, race, search
from bench.__main__ import SCENARIOS
from bench.cost import cpu_seconds
from bench.figures import Better, Figure, percentile, table
from bench.letters import Letters
from clinic.launch import serving
from clinic.models import Block, Clinic, ConsultationType, Practitioner
from patients.actions import booking
from patients.models import Consultation, Patient, Source
from tests import factories
from tests.races.racing import without_constraint


class Echo(BaseHTTPRequestHandler):
    """Answers each request with its own address, on a connection that is kept."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The path, in two pieces, so that an answer comes in parts."""
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:3])
        self.wfile.flush()
        self.wfile.write(body[3:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Says nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server that echoes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_every_call_is_answered_once_over_connections_that_are_kept(port: int) -> None:
    calls = [load.call("GET", f"/number/{number}") for number in range(20)]
    with load.Clients(port, 3) as clients:
        first = clients.run(calls)
        again = clients.run(calls[:2])
    assert sorted(answer.body for answer in first) == sorted(f"/number/{n}".encode() for n in range(20))
    assert {answer.status for answer in first} == {200}
    assert len(again) == 2


def test_players_go_on_with_what_they_were_answered_and_come_from_another_address(port: int) -> None:
    def script(name: str) -> playing.Script:
        first = yield playing.Ask(door="first", request=load.call("GET", f"/{name}"))
        path = f"{first.body.decode()}/again"
        yield playing.Ask(door="second", request=load.call("GET", path), anew=True)

    players = playing.Players(port)
    players.play([script("mira"), script("leila")])
    assert sorted((each.door, each.status) for each in players.heard) == [
        ("first", 200), ("first", 200), ("second", 200), ("second", 200),
    ]  # fmt: skip


def test_a_letter_is_found_by_what_it_links_to(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    message = EmailMessage()
    message.set_content("At Clinic 02, see http://127.0.0.1:1/offers/abc:def/ and http://127.0.0.1:1/portal/")
    (tmp_path / "one.eml").write_bytes(message.as_bytes())
    link = letters.pick("offers", Random(1))  # noqa: S311 - repeatable, no secret
    assert link is not None
    assert (link.path, link.clinic, letters.count) == ("/offers/abc:def/", 1, 1)
    assert letters.pick("visits/move", Random(1)) is None  # noqa: S311


def test_no_call_begins_after_the_time_is_over(port: int) -> None:
    with load.Clients(port, 2) as clients:
        assert clients.run([load.call("GET", "/")] * 5, seconds=0) == []


def test_an_answer_is_whole_only_with_its_last_byte() -> None:
    whole = b"HTTP/1.1 201 Created\r\nETag: abc\r\ncontent-length: 4\r\n\r\nbody"
    assert [load.parsed(bytearray(whole[:end]), 0.1) for end in (10, len(whole) - 5, len(whole) - 1)] == [
        None
    ] * 3
    answer = load.parsed(bytearray(whole), 0.1)
    assert answer is not None
    assert (answer.status, answer.body, answer.header("etag"), answer.header("Last-Modified")) == (
        201, b"body", "abc", "",
    )  # fmt: skip


def test_an_answer_without_a_body_is_whole_after_its_headers() -> None:
    answer = load.parsed(bytearray(b"HTTP/1.1 304 Not Modified\r\n\r\n"), 0.1)
    assert answer is not None
    assert (answer.status, answer.body) == (304, b"")


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (0.99, 100), (1.0, 100)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.5) == 0.0


def test_a_figure_knows_its_ratio_and_whether_its_target_is_met() -> None:
    fast = Figure(scenario="x", what="rate", value=50, unit="/s", bare=200, target=40, better=Better.MORE)
    slow = Figure(scenario="x", what="p50", value=30, unit="ms", bare=10, target=25)
    assert (fast.met, fast.ratio) == (True, 0.25)
    assert (slow.met, slow.ratio) == (False, 3)
    assert Figure(scenario="x", what="size", value=1, unit="kB").met is None


def test_the_table_has_a_line_a_figure_and_shows_what_misses() -> None:
    lines = table(
        [Figure(scenario="x", what="p50", value=1234.5, unit="ms", bare=10, target=25)]
    ).splitlines()
    assert len(lines) == 2
    assert lines[1].split() == ["x:", "p50", "1,234", "ms", "10", "123", "≤", "25", "NO"]


def test_a_typing_error_leaves_the_first_letter_and_changes_one() -> None:
    chance = Random(1)  # noqa: S311 - repeatable, no secret
    for _time in range(200):
        wrong = search.mistyped("okafor mira", chance)
        assert wrong[0] == "o"
        assert abs(len(wrong) - len("okafor mira")) <= 1


def test_the_processor_time_of_this_process_grows_with_its_work() -> None:
    before = cpu_seconds(os.getpid())
    sum(number * number for number in range(3_000_000))
    assert cpu_seconds(os.getpid()) > before


@pytest.mark.parametrize("option", ["--interface wsgi", "--blocking-threads 1", "--respawn-failed-workers",
                                    "--workers-kill-timeout 5"])  # fmt: skip
def test_the_measured_server_is_the_one_that_run_starts(option: str) -> None:
    assert option in inspect.getsource(serving)
    assert option in inspect.getsource(ground)


def test_every_scenario_has_its_module() -> None:
    assert list(SCENARIOS) == [
        "race",
        "proofs",
        "clocks",
        "slots",
        "booking",
        "search",
        "today",
        "calendar",
        "numbers",
    ]
    for name in SCENARIOS:
        module = import_module(f"bench.{name}")
        assert callable(module.run)


@pytest.mark.django_db(transaction=True)
def test_the_sql_of_the_race_finds_a_practitioner_who_is_in_two_places(
    riverside: Clinic, follow_up: ConsultationType, mira: Practitioner, leila: Practitioner
) -> None:
    start = factories.TUESDAY_MORNING

    def block(whom: Practitioner, minutes: int) -> None:
        begins = start + timedelta(minutes=minutes)
        Block.objects.create(
            practitioner=whom,
            clinic=riverside,
            type=follow_up,
            start=begins,
            end=begins + timedelta(minutes=40),
        )

    def found() -> int:
        with connection.cursor() as cursor:
            cursor.execute(race.INDEPENDENT[0])
            return int(cursor.fetchone()[0])

    with without_constraint("clinic_block", "one_block_a_practitioner"):
        block(mira, 0)
        block(mira, 40)
        block(leila, 20)
        assert found() == 0
        block(mira, 10)
        assert found() == 2


def test_the_judge_sees_a_buffer_that_is_eaten_and_a_seat_that_is_not_counted(
    riverside: Clinic, follow_up: ConsultationType, mira: Practitioner, elena: Patient, samuel: Patient,
    now: datetime,
) -> None:  # fmt: skip
    visits = [
        booking.book(
            order=booking.Order(
                patient=who, type=follow_up, clinic=riverside, practitioner=mira,
                start=now + timedelta(hours=1, minutes=40 * n), source=Source.DESK,
            ),
            by=None,
            now=now,
        )
        for n, who in enumerate([elena, samuel])
    ]  # fmt: skip
    assert judged() == {}
    Consultation.objects.filter(pk=visits[0].pk).update(end=visits[0].end + timedelta(minutes=5))
    assert judged() == {"practitioner, by visits": 1, "room, by visits": 1}
    Block.objects.filter(pk=visits[1].block_id).update(taken=0)
    assert judged()["seats counted wrongly"] == 1
    Block.objects.filter(pk=visits[1].block_id).update(active=False)
    assert judged()["visits without their time"] == 1


def judged() -> dict[str, int]:
    """What the judge finds wrong at this moment."""
    found = judging.Judgement()
    found.look(connection.connection)
    return {name: most for name, most in found.most.items() if most}
