"""How many queries each main page and API answer may send, as data: a line that grows shows in review.

They count all that a request sends: the session, who asks, the rows, and the line in the access log. A page takes the
same number whether it shows one row or many; `test_budgets` proves both.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A request and the most queries that it may send.

    `path` may hold `{patient}`, `{type}`, `{program}`, `{prescription}`, `{mira}`, `{clinic}`, `{wish}`, `{leave}` and
    `{twin}`: Elena's. `call` sends it to the API with a token; `body` makes it a POST.
    """

    who: str
    path: str
    most: int
    call: bool = False
    body: dict[str, Any] = field(default_factory=dict)


BUDGETS = {
    # pages of the desk
    "desk diary": Budget(who="hedda", path="/desk/", most=11),
    "desk list": Budget(who="hedda", path="/desk/?view=list", most=11),
    "desk by room": Budget(who="hedda", path="/desk/?by=room", most=12),
    "desk week": Budget(who="hedda", path="/desk/?view=week", most=12),
    "desk week of a room": Budget(who="hedda", path="/desk/?view=week&by=room", most=12),
    "desk week of all": Budget(who="hedda", path="/desk/?view=week&who=all", most=12),
    "desk drawn anew": Budget(who="hedda", path="/desk/changes/", most=8),
    "desk on paper": Budget(who="hedda", path="/desk/print/", most=8),
    "desk with offers": Budget(who="hedda", path="/desk/?patient={patient}&type={type}", most=19),
    "board": Budget(who="hedda", path="/desk/board/", most=11),
    "board drawn anew": Budget(who="hedda", path="/desk/board/changes/", most=9),
    "desk patients": Budget(who="hedda", path="/desk/patients/", most=7),
    "desk, one patient": Budget(who="hedda", path="/desk/patients/{patient}/", most=16),
    "possible duplicates": Budget(who="hedda", path="/desk/twins/", most=6),
    "merge two records": Budget(who="hedda", path="/desk/patients/{patient}/merge/?other={twin}", most=18),
    "messages": Budget(who="hedda", path="/messages/", most=7),
    "waitlist": Budget(who="hedda", path="/desk/waitlist/", most=9),
    "one wish with free times": Budget(who="hedda", path="/desk/waitlist/{wish}/", most=15),
    "new wish": Budget(who="hedda", path="/desk/waitlist/new/?patient={patient}", most=10),
    "visits below leave": Budget(who="noor", path="/desk/leave/{leave}/", most=14),
    "visits outside the hours": Budget(who="noor", path="/desk/outside/?practitioner={mira}", most=11),
    # sheets of the manager
    "numbers": Budget(who="noor", path="/desk/numbers/?period=quarter", most=12),
    "numbers as a file": Budget(
        who="noor", path="/desk/numbers/?period=quarter&format=csv&table=visits", most=10
    ),
    "hours of a practitioner": Budget(who="noor", path="/admin/hours/{mira}/", most=8),
    "opening hours": Budget(who="noor", path="/admin/opening/{clinic}/", most=9),
    "new member of staff": Budget(who="noor", path="/admin/staff/new/", most=7),
    "set-up list": Budget(who="noor", path="/admin/setup/", most=18),
    # online booking
    "book, first step": Budget(who="hedda", path="/book/", most=3),
    # pages of the physiotherapist
    "online bookings to look at": Budget(who="mira", path="/desk/online/", most=10),
    "my day": Budget(who="mira", path="/admin/my-day/", most=15),
    "caseload": Budget(who="mira", path="/admin/caseload/", most=11),
    "patients of one's own": Budget(who="mira", path="/admin/patients/", most=6),
    "one patient": Budget(who="mira", path="/admin/patients/{patient}/", most=17),
    "sheet": Budget(who="mira", path="/admin/programs/{program}/", most=15),
    # pages of the portal
    "portal today": Budget(who="elena", path="/portal/", most=9),
    "portal exercise": Budget(who="elena", path="/portal/exercises/{prescription}/", most=9),
    "portal session form": Budget(who="elena", path="/portal/session/", most=10),
    "portal visits": Budget(who="elena", path="/portal/visits/", most=7),
    "portal progress": Budget(who="elena", path="/portal/progress/", most=9),
    # the API
    "api clinics": Budget(who="hedda", path="/api/v1/clinics/", most=2, call=True),
    "api practitioners": Budget(who="hedda", path="/api/v1/practitioners/", most=3, call=True),
    "api consultation types": Budget(who="hedda", path="/api/v1/consultation-types/", most=3, call=True),
    "api slots": Budget(
        who="hedda", path="/api/v1/slots/?type={type}&from=2026-03-17&to=2026-03-23", most=5, call=True
    ),
    "api consultations": Budget(
        who="hedda", path="/api/v1/consultations/?from=2026-03-17&to=2026-03-23", most=4, call=True
    ),
    "api patients": Budget(who="hedda", path="/api/v1/patients/", most=3, call=True),
    "api one patient": Budget(who="hedda", path="/api/v1/patients/{patient}/", most=3, call=True),
    "api patient search": Budget(
        who="hedda", path="/api/v1/patients/search/", most=6, call=True, body={"text": "Ruiz"}
    ),
    "api exercises": Budget(who="mira", path="/api/v1/exercises/", most=2, call=True),
    "api programs": Budget(who="mira", path="/api/v1/programs/", most=3, call=True),
    "api prescriptions": Budget(
        who="mira", path="/api/v1/programs/{program}/prescriptions/", most=5, call=True
    ),
    "api revisions": Budget(
        who="mira", path="/api/v1/prescriptions/{prescription}/revisions/", most=4, call=True
    ),
    "api today": Budget(who="elena", path="/api/v1/me/today/", most=7, call=True),
}
