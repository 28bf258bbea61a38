"""Comes in as each role of the demo, by the real doors, with the codes that the demo shows on its mail page."""

import re
import time

from playwright.sync_api import Page

PASSWORD = "demo-demo-demo"  # noqa: S105 - the demo prints it
LOG_INS = {
    "desk": "desk@demo.clinic",
    "physio": "physio@demo.clinic",
    "manager": "manager@demo.clinic",
    "patient": "patient@demo.clinic",
}
"""The role in file names, and who it is."""
PATIENCE = 30.0
"""Seconds that the mail with a code may take."""


class NoCode(RuntimeError):  # noqa: N818 - an outcome that the message explains
    """The demo showed no code; the message says where it was looked for."""


def come_in(page: Page, role: str) -> None:
    """Signs in as the role. Raises NoCode."""
    if role == "patient":
        _by_mail(page, LOG_INS[role])
    else:
        _by_password(page, LOG_INS[role])


def _by_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/2fa/**")
    page.get_by_label("Code").fill(_second_factor(page, email))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def _second_factor(page: Page, email: str) -> str:
    """From the mail page, in a tab of its own, so that the sign-in stays where it is."""
    tab = page.context.new_page()
    tab.goto("/dev/outbox/")
    row = tab.get_by_role("row").filter(has_text=email)
    if row.count() != 1:
        raise NoCode(f"/dev/outbox/ shows no second factor of {email}. Is this the demo?")
    code = row.get_by_role("cell").last.inner_text().strip()
    tab.close()
    return code


def _by_mail(page: Page, email: str) -> None:
    before = _newest_letter(page, email)
    page.goto("/accounts/login/code/")
    page.get_by_label("Your email").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/confirm/**")
    page.get_by_label("Code").fill(_code(page, email, before))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/portal/**")


def _code(page: Page, email: str, before: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while (letter := _newest_letter(page, email)) == before:
        if time.monotonic() > deadline:
            raise NoCode(f"No mail for {email} on /dev/outbox/ in {PATIENCE:.0f} s. Does the worker run?")
        time.sleep(0.5)
    tab = page.context.new_page()
    tab.goto(letter)
    text = tab.locator("pre").inner_text()
    tab.close()
    found = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", text, re.MULTILINE)
    if found is None:
        raise NoCode(f"The newest mail for {email} holds no code.")
    return found[1]


def _newest_letter(page: Page, email: str) -> str:
    """The address of the newest mail with a code, "" for none."""
    tab = page.context.new_page()
    tab.goto("/dev/outbox/")
    letters = tab.locator(".mail-list a").filter(has_text=email).filter(has_text="sign-in code")
    address = letters.first.get_attribute("href") if letters.count() else ""
    tab.close()
    return address or ""
