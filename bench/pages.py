"""Every page of the product for every role: where it is, and how one gets there from a page that is always there."""

from dataclasses import dataclass

from bench.signing_in import LOG_INS, PASSWORD


@dataclass(frozen=True)
class Stop:
    """A page: its name in file names, its address, and the links to follow from there (the first that fits each)."""

    name: str
    path: str
    follow: tuple[str, ...] = ()
    open: str = ""
    """What to press once the page is there, such as a button that opens a dialog."""
    fill: tuple[tuple[str, str], ...] = ()
    """Fields by label, typed and sent by their form's button, for a page that stands behind a form."""
    refused: bool = False
    """Whether the answer is a no that is looked at, so that the browser may complain of its number."""


ACCOUNT = (
    Stop("account-password", "/accounts/password/change/"),
    Stop("account-second-factor", "/accounts/2fa/"),
    Stop("account-second-factor-off", "/accounts/2fa/totp/deactivate/"),
    Stop("account-recovery-codes", "/accounts/2fa/recovery-codes/generate/"),
    Stop("account-is-it-you", "/accounts/reauthenticate/"),
    Stop("account-is-it-you-code", "/accounts/2fa/reauthenticate/"),
    Stop("account-devices", "/accounts/sessions/"),
    Stop("account-sign-out", "/accounts/logout/"),
    Stop("account-menu", "/desk/patients/", open="details.who > summary"),
)
DESK = (
    Stop("diary", "/desk/"),
    Stop("list", "/desk/?view=list"),
    Stop("week", "/desk/?view=week"),
    Stop("week-of-all", "/desk/?view=week&who=all"),
    Stop("rooms", "/desk/?by=room"),
    Stop("week-of-a-room", "/desk/?view=week&by=room"),
    Stop("day-sheet", "/desk/print/"),
    Stop("closed-day", "/desk/?day=2026-12-25"),
    Stop("visit", "/desk/", ("a.blk.st-booked, a.blk.st-confirmed, a.blk",)),
    Stop(
        "visit-cancel",
        "/desk/",
        (".join a:last-child", "a.blk.st-booked, a.blk.st-confirmed"),
        open="details.more > summary",
    ),
    Stop(
        "visit-move",
        "/desk/",
        (".join a:last-child", "a.blk.st-booked, a.blk.st-confirmed", "a[href*='move=1']"),
    ),
    Stop("new-patient", "/desk/?new=1"),
    Stop(
        "booking-series",
        "/desk/patients/",
        ("tbody tr:nth-child(3) a", "a.btn.main"),
        open=".serie > summary",
    ),
    Stop("board", "/desk/board/"),
    Stop("duplicates", "/desk/twins/"),
    Stop("merge", "/desk/twins/", ("a[href*='/merge/']",)),
    Stop("merge-whom", "/desk/patients/", ("tbody a", "a[href$='/merge/']")),
    Stop("waitlist", "/desk/waitlist/"),
    Stop("waitlist-one", "/desk/waitlist/", (".wish .who a",)),
    Stop("waitlist-whom", "/desk/waitlist/new/"),
    Stop("waitlist-new", "/desk/patients/", ("tbody a", "a[href*='/waitlist/new/']")),
    Stop("patients", "/desk/patients/"),
    Stop("patient", "/desk/patients/", ("tbody a",)),
    Stop("booking", "/desk/patients/", ("tbody a", "a.btn.main")),
)
MESSAGES = (
    Stop("messages", "/messages/"),
    Stop("messages-due", "/messages/?show=due"),
    Stop("messages-sent", "/messages/?show=sent"),
)
LEAVE = (
    Stop("leave", "/desk/leave/"),
    Stop("leave-one", "/desk/leave/", (".away-row a",)),
)
NUMBERS = (
    Stop("numbers", "/desk/numbers/"),
    Stop("numbers-quarter", "/desk/numbers/?period=quarter"),
    Stop("numbers-dates", "/desk/numbers/?period=dates&from=2020-01-06&to=2020-01-08"),
)
TO_HOURS = ("#result_list tbody a", "a[href*='/admin/hours/']")
TO_OPENING = ("#result_list tbody a", "a[href*='/admin/opening/']")
OUTSIDE = "a[href*='/desk/outside/']"
SET_UP = (
    Stop("records", "/admin/records/"),
    *(
        stop
        for model in (
            "organisation", "clinic", "room", "openinghours", "consultationtype", "practitioner", "weeklyhours",
            "hoursexception", "reminderlead", "user", "membership",
        )
        for stop in (
            Stop(f"records-{model}", f"/admin/clinic/{model}/"),
            Stop(f"records-{model}-row", f"/admin/clinic/{model}/", ("#result_list tbody a",)),
        )
    ),
    *(
        Stop(f"records-{model}-new", f"/admin/clinic/{model}/add/")
        for model in ("clinic", "room", "practitioner", "consultationtype", "reminderlead", "membership")
    ),
    Stop("staff-new", "/admin/staff/new/"),
    Stop("set-up", "/admin/setup/"),
    Stop("hours", "/admin/clinic/practitioner/", TO_HOURS),
    Stop("opening", "/admin/clinic/clinic/", TO_OPENING),
    Stop("outside-the-hours", "/admin/clinic/practitioner/", (*TO_HOURS, OUTSIDE)),
    Stop("outside-the-opening", "/admin/clinic/clinic/", (*TO_OPENING, OUTSIDE)),
    Stop("records-history", "/admin/clinic/clinic/", ("#result_list tbody a", "a[href*='/history/']")),
    Stop("records-delete", "/admin/clinic/room/", ("#result_list tbody a", "a[href*='/delete/']")),
    Stop("records-visits", "/admin/patients/consultation/"),
    Stop("records-access", "/admin/patients/portalaccess/"),
)  # fmt: skip
SHEET = ("main a[href*='/admin/programs/']",)
CHANGED = "tr:has-text('Elena Ruiz') a[href*='/admin/programs/']"
"""The program of the demo's patient, which has a change to go back from."""
TO_PATIENT = (*SHEET, ".crumbs a:nth-of-type(2)")
PHYSIO = (
    Stop("my-day", "/admin/my-day/"),
    Stop("caseload", "/admin/caseload/"),
    Stop("patients", "/admin/patients/"),
    Stop("patient", "/admin/caseload/", TO_PATIENT),
    Stop("sheet", "/admin/caseload/", SHEET),
    Stop("sheet-exercise", "/admin/caseload/", SHEET, open="[data-open='exercise']"),
    Stop("stop-exercise", "/admin/caseload/", (*SHEET, "a[href*='/stop/']")),
    Stop("go-back", "/admin/caseload/", (CHANGED, "a[href*='/revert/']")),
    Stop("new-program", "/admin/caseload/", (*TO_PATIENT, "a.btn.main")),
    Stop("intake", "/admin/caseload/", (*TO_PATIENT, "a[href*='/intake/']")),
    Stop("library", "/admin/programs/exercise/"),
    Stop("library-exercise", "/admin/programs/exercise/", ("#result_list tbody a",)),
    Stop("diary", "/desk/"),
    Stop("online-bookings", "/desk/online/"),
    *LEAVE,
    Stop("records", "/admin/records/"),
    Stop("not-for-your-role", "/desk/numbers/", refused=True),
)
PATIENT = (
    Stop("today", "/portal/"),
    Stop("exercise", "/portal/", (".plan a",)),
    Stop("session", "/portal/session/"),
    Stop("progress", "/portal/progress/"),
    Stop("visits", "/portal/visits/"),
    Stop("you", "/portal/you/"),
    Stop("menu", "/portal/", open="details.menu > summary"),
    Stop("account-devices", "/accounts/sessions/"),
    Stop("account-sign-out", "/accounts/logout/"),
    Stop("not-for-you", "/desk/", refused=True),
)
ANONYMOUS = (
    Stop("home", "/"),
    Stop("book", "/book/"),
    Stop("bad-booking-link", "/book/confirm/no-such-token/", refused=True),
    Stop("bad-visit-link", "/visits/cancel/no-such-token/", refused=True),
    Stop("login", "/accounts/login/"),
    Stop("code", "/accounts/login/code/"),
    Stop("password-reset", "/accounts/password/reset/"),
    Stop("password-reset-sent", "/accounts/password/reset/done/"),
    Stop("password-link-old", "/accounts/password/reset/key/abc-set-password/"),
    Stop("password-saved", "/accounts/password/reset/key/done/"),
    Stop("account-closed", "/accounts/inactive/"),
    Stop("not-found", "/no-such-page/", refused=True),
    Stop("forbidden", "/dev/refusals/403/"),
    Stop("too-many", "/dev/refusals/429/"),
    Stop("broken", "/dev/refusals/500/"),
    Stop("bad-staff-invitation", "/welcome/no-such-token/", refused=True),
    Stop("bad-invitation", "/portal/welcome/no-such-token/", refused=True),
    Stop("outbox", "/dev/outbox/"),
    Stop("outbox-mail", "/dev/outbox/", (".mail-list a",)),
    Stop("invitation", "/dev/outbox/", (".mail-list a:has-text('access')", ".letter pre a")),
    Stop("ui", "/dev/ui/"),
    Stop("code-sent", "/accounts/login/code/", fill=(("Your email", "nobody@example.org"),)),
    Stop("second-step", "/accounts/login/", fill=(("Email", LOG_INS["desk"]), ("Password", PASSWORD))),
)
STOPS: dict[str, tuple[Stop, ...]] = {
    "desk": (*DESK, *LEAVE, *MESSAGES, *ACCOUNT),
    "physio": PHYSIO,
    "manager": (*DESK[:2], *NUMBERS, *LEAVE, *MESSAGES, *SET_UP),
    "patient": PATIENT,
    "anonymous": ANONYMOUS,  # last: by then the mail page holds the patient's code
}
