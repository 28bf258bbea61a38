"""How many queries each main page and API answer may send, as data: a line that grows shows in review.

They count all that a request sends: the session, who asks, the rows, and the line in the access log. A page takes the
same number whether it shows one row or many; `test_budgets` proves both.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A request and the most queries that it may send.

    `path` may hold `{patient}`, `{type}`, `{program}` and `{prescription}`: they are Elena's. `call` sends it to the
    API with a token; `body` makes it a POST.
    """

    who: str
    path: str
    most: int
    call: bool = False
    body: dict[str, Any] = field(default_factory=dict)


BUDGETS = {
    # pages of the desk
    "desk diary": Budget(who="hedda", path="/desk/", most=14),
    "desk list": Budget(who="hedda", path="/desk/?view=list", most=14),
    "desk with offers": Budget(who="hedda", path="/desk/?patient={patient}&type={type}", most=23),
    "desk patients": Budget(who="hedda", path="/desk/patients/", most=7),
    "desk, one patient": Budget(who="hedda", path="/desk/patients/{patient}/", most=15),
    "messages": Budget(who="hedda", path="/messages/", most=11),
    # pages of the physiotherapist
    "my day": Budget(who="mira", path="/admin/my-day/", most=16),
    "caseload": Budget(who="mira", path="/admin/caseload/", most=13),
    "patients of one's own": Budget(who="mira", path="/admin/patients/", most=6),
    "one patient": Budget(who="mira", path="/admin/patients/{patient}/", most=17),
    "sheet": Budget(who="mira", path="/admin/programs/{program}/", most=16),
    # pages of the portal
    "portal today": Budget(who="elena", path="/portal/", most=10),
    "portal exercise": Budget(who="elena", path="/portal/exercises/{prescription}/", most=12),
    "portal session form": Budget(who="elena", path="/portal/session/", most=12),
    "portal visits": Budget(who="elena", path="/portal/visits/", most=8),
    "portal progress": Budget(who="elena", path="/portal/progress/", most=10),
    # the API
    "api clinics": Budget(who="hedda", path="/api/v1/clinics/", most=3, call=True),
    "api practitioners": Budget(who="hedda", path="/api/v1/practitioners/", most=4, call=True),
    "api consultation types": Budget(who="hedda", path="/api/v1/consultation-types/", most=4, call=True),
    "api slots": Budget(
        who="hedda", path="/api/v1/slots/?type={type}&from=2026-03-17&to=2026-03-23", most=10, call=True
    ),
    "api consultations": Budget(
        who="hedda", path="/api/v1/consultations/?from=2026-03-17&to=2026-03-23", most=5, call=True
    ),
    "api patients": Budget(who="hedda", path="/api/v1/patients/", most=4, call=True),
    "api one patient": Budget(who="hedda", path="/api/v1/patients/{patient}/", most=4, call=True),
    "api patient search": Budget(
        who="hedda", path="/api/v1/patients/search/", most=7, call=True, body={"text": "Ruiz"}
    ),
    "api exercises": Budget(who="mira", path="/api/v1/exercises/", most=3, call=True),
    "api programs": Budget(who="mira", path="/api/v1/programs/", most=4, call=True),
    "api prescriptions": Budget(
        who="mira", path="/api/v1/programs/{program}/prescriptions/", most=6, call=True
    ),
    "api revisions": Budget(
        who="mira", path="/api/v1/prescriptions/{prescription}/revisions/", most=5, call=True
    ),
    "api today": Budget(who="elena", path="/api/v1/me/today/", most=7, call=True),
}
