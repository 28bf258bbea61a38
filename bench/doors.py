"""The doors through which a booking comes, goes and moves: for each, one operation as a script of its requests."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlencode

from bench.load import Answer, call
from bench.playing import Ask, Script, form
from bench.town import Cell, Town
from patients.rules.redflags import QUESTIONS

ON_THE_WAY = "online: reasons"
"""A step that leads to an operation and is none itself."""
SERIES = 3


def operations(town: Town) -> Script:
    """What one client does, operation after operation, until the play has had enough of them."""
    while town.left > 0:
        yield from _chosen(town)(town)


def api_book(town: Town) -> Script:
    """`POST consultations/`; now and then an overlap on purpose."""
    cell, on_purpose = town.cell(), town.chance.random() < 0.03
    body = {
        "patient": town.patient(), "practitioner": cell.practitioner, "clinic": town.clinic(cell.clinic)["id"],
        "type": town.kind(cell.kind)["id"], "start": cell.start.isoformat(),
        **({"overlap_reason": "Both agreed"} if on_purpose else {}),
    }  # fmt: skip
    town.booked((yield _api(town, "API: overlap" if on_purpose else "API: book", "", body)), cell)


def api_move(town: Town) -> Script:
    """`POST consultations/ID/move/`."""
    if visit := town.visit():
        cell = town.cell(clinic=visit.cell.clinic)
        body = {"practitioner": cell.practitioner, "start": cell.start.isoformat()}
        answer = yield _api(town, "API: move", f"{visit.id}/move/", body)
        if answer.status == 200:
            visit.cell = cell


def api_cancel(town: Town) -> Script:
    """`POST consultations/ID/cancel/`."""
    if visit := town.visit():
        answer = yield _api(town, "API: cancel", f"{visit.id}/cancel/", {"by": "patient", "reason": "Ill"})
        if answer.status == 200:
            town.freed(visit)


def api_undo(town: Town) -> Script:
    """`POST consultations/ID/undo/`: back to where it was, if nobody has come in between."""
    if town.cancelled:
        visit = town.chance.choice(town.cancelled)
        answer = yield _api(town, "API: undo a cancellation", f"{visit.id}/undo/", None)
        if answer.status == 200:
            town.visits.append(visit)


def desk_book(town: Town) -> Script:
    """The booking panel."""
    cell = town.cell()
    told = {"patient": town.patient(), "type": town.kind(cell.kind)["id"], "slot": cell.slot}
    town.booked((yield _desk(town, "desk: book", "book/", {**told, **_view(town, cell)})), cell)


def desk_series(town: Town) -> Script:
    """The booking panel, the same time in some weeks: all or none."""
    cell = town.cell()
    starts = [cell.start + timedelta(days=7 * week) for week in range(SERIES)]
    dates = [f"{cell.practitioner}|{start.isoformat()}" for start in starts]
    told = {
        "patient": town.patient(), "type": town.kind(cell.kind)["id"], "slot": cell.slot, "times": SERIES, "every": 1,
        "dates": dates, "planned_for": f"{SERIES} 1 {cell.slot}", **_view(town, cell),
    }  # fmt: skip
    town.booked((yield _desk(town, "desk: series", "book/", told)), cell)


def desk_drag(town: Town) -> Script:
    """A visit dragged in the diary."""
    if visit := town.visit():
        cell = town.cell(clinic=visit.cell.clinic)
        told = {"slot": cell.slot, **_view(town, cell)}
        answer = yield _desk(town, "desk: move by drag", f"visits/{visit.id}/move/", told, dragged=True)
        if answer.status == 200:
            visit.cell = cell


def desk_pull(town: Town) -> Script:
    """The end of a visit pulled in the diary."""
    if visit := town.visit():
        minutes = int(town.kind(visit.cell.kind)["minutes"]) + town.chance.choice((-10, 10, 20, 30))
        end = (visit.cell.start + timedelta(minutes=minutes)).astimezone(town.zone)
        told = {"end": f"{end:%H:%M}", **_view(town, visit.cell)}
        yield _desk(town, "desk: lengthen by pull", f"visits/{visit.id}/lengthen/", told, dragged=True)


def desk_cancel(town: Town) -> Script:
    """The form in the panel of a visit."""
    if visit := town.visit():
        told = {"by": "clinic", "reason": "Ill", **_view(town, visit.cell)}
        answer = yield _desk(town, "desk: cancel", f"visits/{visit.id}/cancel/", told)
        if answer.status == 302:
            town.freed(visit)


def desk_wish(town: Town) -> Script:
    """Somebody is put on the waitlist: what is freed from now on is offered to them by the worker."""
    kind = town.chance.choice((0, 0, 1, 2))
    told = {
        "type": town.kind(kind)["id"], "weekdays": list(range(7)), "since": town.world.note["today"],
        "until": town.days[-1][-1].isoformat(),
    }  # fmt: skip
    path = f"waitlist/new/?{urlencode({'patient': town.patient()})}"
    answer = yield _desk(town, "desk: wish", path, told)
    if answer.status == 302:
        town.wishes = [*town.wishes[-40:], (answer.header("location").rstrip("/").rpartition("/")[2], kind)]


def desk_offer(town: Town) -> Script:
    """The desk offers a free time for a wish, or books it for who was called."""
    if town.wishes:
        wish, kind = town.chance.choice(town.wishes)
        cell, how = town.cell(kinds=(kind,)), town.chance.choice(("offer", "book"))
        told = {"place": f"{town.clinic(cell.clinic)['id']}|{cell.slot}", "how": how}
        yield _desk(town, f"desk: {how} from the waitlist", f"waitlist/{wish}/offer/", told)


def mailed_offer(town: Town) -> Script:
    """The link in an offer: mostly taken, sometimes let go."""
    if link := town.letters.pick("offers", town.chance):
        answer = "accept" if town.chance.random() < 0.8 else "decline"
        yield _asked(town, f"mail: {answer} an offer", form(link.path, {"answer": answer}), anew=True)


def mailed_cancel(town: Town) -> Script:
    """The link to cancel."""
    if link := town.letters.pick("visits/cancel", town.chance):
        yield _asked(town, "mail: cancel", form(link.path, {"reason": "Ill"}), anew=True)


def mailed_move(town: Town) -> Script:
    """The link to choose another time."""
    if link := town.letters.pick("visits/move", town.chance):
        yield _asked(
            town, "mail: move", form(link.path, {"slot": town.cell(clinic=link.clinic).moment}), anew=True
        )


def online_request(town: Town) -> Script:
    """Online booking, by somebody new: the questions, then the details for a time, which is held from then on."""
    cell, number = town.cell(kinds=(0, 1)), town.number()
    answers = {question.key: "no" for question in QUESTIONS}
    begun = yield Ask(door=ON_THE_WAY, request=form("/book/", {"reason": "My back", **answers}), anew=True)
    session = _cookie(begun, "sessionid")
    told = {
        "clinic": town.clinic(cell.clinic)["slug"], "type": town.kind(cell.kind)["id"], "with": cell.practitioner,
        "start": cell.start.isoformat(),
    }  # fmt: skip
    who = {
        "given_name": "Nova", "family_name": f"Newcomer {number}", "birth_date": "1980-05-17",
        "phone": "+4930123456", "email": f"newcomer{number}@bench.example",
    }  # fmt: skip
    path = f"/book/details/?{urlencode(told)}"
    yield _asked(town, "online: request", form(path, who, cookie=f"sessionid={session}"))


def online_confirm(town: Town) -> Script:
    """The link in the mail that asks to confirm; sometimes for another time than the one that was held."""
    if link := town.letters.pick("book/confirm", town.chance):
        other = town.cell(clinic=link.clinic, kinds=(0, 1)).moment if town.chance.random() < 0.15 else ""
        door = "online: confirm for another time" if other else "online: confirm"
        yield _asked(town, door, form(link.path, {"slot": other} if other else {}), anew=True)


BOOKING = {
    api_book: 20, desk_book: 12, desk_series: 4, desk_wish: 3, desk_offer: 4, online_request: 10, api_undo: 3,
}  # fmt: skip
"""How often each is chosen, against the others: what takes time,"""
CHANGING = {
    api_move: 14, desk_drag: 12, desk_pull: 8, mailed_move: 8, online_confirm: 12, mailed_offer: 10,
}  # fmt: skip
"""what changes it,"""
CANCELLING = {api_cancel: 8, desk_cancel: 6, mailed_cancel: 6}
"""and what gives it back."""


def _chosen(town: Town) -> Callable[[Town], Script]:
    more = 2 if town.is_full else 1
    shares = {**BOOKING, **CHANGING, **{door: more * share for door, share in CANCELLING.items()}}
    return town.chance.choices(list(shares), list(shares.values()))[0]


def _api(town: Town, door: str, path: str, body: object) -> Ask:
    headers = town.world.bearer("desk")
    return _asked(town, door, call("POST", f"/api/v1/consultations/{path}", headers=headers, body=body))


def _desk(town: Town, door: str, path: str, told: Mapping[str, object], *, dragged: bool = False) -> Ask:
    cookie, headers = town.world.cookie("desk")["Cookie"], {"HX-Request": "true"} if dragged else {}
    return _asked(town, door, form(f"/desk/{path}", told, cookie=cookie, headers=headers))


def _asked(town: Town, door: str, request: bytes, *, anew: bool = False) -> Ask:
    """One operation less to come. `anew` is somebody who is not signed in, from an address of their own."""
    town.left -= 1
    return Ask(door=door, request=request, anew=anew)


def _view(town: Town, cell: Cell) -> dict[str, str]:
    """The clinic and day that the diary shows."""
    return {"clinic": town.clinic(cell.clinic)["slug"], "day": f"{cell.start.astimezone(town.zone):%Y-%m-%d}"}


def _cookie(answer: Answer, name: str) -> str:
    for line in answer.head.decode("latin-1").split("\r\n"):
        key, _colon, value = line.partition(":")
        if key.lower() == "set-cookie" and value.strip().startswith(f"{name}="):
            return value.strip().partition("=")[2].partition(";")[0]
    return ""
