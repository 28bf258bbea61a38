"""Writes docs/assurance.md from the marks: `python3 -m tests.assurance`. Which promise is held by which tests.

A test says `@pytest.mark.assures("BO-01")`; the sentence of an id stands here, once. `house/test_assurance` fails where
the page is older than the marks.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "assurance.md"
SENTENCES = {
    "AC-01": "Passwords are long enough, not on the list of stolen ones, and kept as Argon2 hashes.",
    "AC-02": "Nobody learns from a sign-in, a reset or an invitation whether an account exists.",
    "AC-03": "Guesses at passwords and codes are slowed down, and a forged address does not get around it.",
    "AC-05": "Staff sign in with a second factor, a code counts once, and a new password leaves both as they are.",
    "AC-06": "An invitation expires, counts once, and never takes over an account that stands.",
    "AU-01": "Each reading of a patient's record leaves a line that says who read whose.",
    "AU-02": "Each change of a row is kept with what it was, who changed it and when.",
    "AZ-01": "Every address has a declared answer for every principal, and none is undeclared.",
    "AZ-02": "A row that belongs to others is answered like one that does not exist.",
    "AZ-03": "A refusal shows nothing of the record that it protects.",
    "AZ-04": "An id of somebody else's row in a body or a filter changes nothing and shows nothing.",
    "AZ-05": "A portal shows records by the account's key, never by a like name or address.",
    "AZ-06": "A role reads and writes the fields that are listed for it, and no others.",
    "AZ-08": "A field that nobody may set stays as it is, even if somebody sends it.",
    "AZ-09": "A link with a token opens one thing for one purpose, and cannot be guessed or bent.",
    "BO-01": "No practitioner, room or patient is in two places at once, buffers included.",
    "BO-02": "Without the guard the same race does double-book, so the race test is able to fail.",
    "BO-03": "A class never seats more than its places, and its counter equals its rows.",
    "BO-04": "A held slot becomes a booking by the same rules, and an expired hold stands in nobody's way.",
    "BO-05": "A move happens as a whole, or the old slot stays.",
    "BO-06": "What is sent again with its key makes nothing more, and is given the first answer.",
    "BO-07": "Every door that gives somebody a time of the diary passes one gate.",
    "BO-08": "The server decides which times are free, whatever a client sends.",
    "BO-09": "A lost race is answered with a conflict and with what is still free, soon, and never with a fault.",
    "CF-03": "A migration runs while the release before still works.",
    "IN-02": "Pages run no script and take no style but our own files.",
    "IN-04": "No cell of a file for spreadsheets is taken for a formula.",
    "IN-05": "A calendar file holds the events that were meant, whatever stands in the names.",
    "IN-06": "A name cannot begin a header of a mail, and a message that cannot be written stops no other.",
    "IN-07": "Odd characters and long texts are saved or refused, and never break the page.",
    "IN-09": "What changes something needs the form's own token, and reading changes nothing.",
    "LG-01": "Logs, addresses and subjects of mails hold no health data and no secrets.",
    "OP-02": "It is seen when jobs fail or the queue is late.",
    "RM-01": "A reminder that is due goes out once.",
    "RM-02": "A fault of worker, broker or mail server loses no message and repeats none that is known to be sent.",
    "RM-03": "What is no longer true is no longer sent.",
    "RM-04": "A temporary no is tried again with growing waits; a final no ends it, and the desk sees it.",
    "RM-05": "One message that cannot be sent stops no other.",
    "RM-06": "A message is known by its occasion and version, so that it cannot be put twice.",
    "RM-08": "A reminder that would come too late is not sent.",
    "SE-01": "Signing in gives the session a new id.",
    "SE-02": "A session that rests, or lasts too long, ends.",
    "SE-03": "Sign-out and a new password end the sessions they should end.",
    "SE-04": "Who is disabled loses pages, tokens and links at once.",
    "SE-05": "Cookies cannot be read by scripts or sent along by other sites.",
    "TZ-01": "Times before a visit are counted on the clinic's wall clock, also when the clocks change.",
    "TZ-02": "A time that does not exist, or exists twice, is refused or told apart.",
    "TZ-03": "Page, mail, calendar and API tell the same moment.",
    "TZ-04": "Hours, free times and leads stay on the wall clock when a zone's rules change, and a clinic's zone stays "
    "while a visit to come would be at another time of day.",
}
"""What an id of the list of promises means, in our own words."""
HEAD = """# Assurance

What must hold, and the tests that hold it. This page is written from the tests' own marks by
`python3 -m tests.assurance`; a test fails where it is old.

| id | what holds | tests |
| --- | --- | --- |
"""


def held() -> dict[str, set[str]]:
    """Each id in use, and the files whose tests carry it, with the number of tests."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for each in marks(file.read_text("utf-8")):
            found[each][str(file.relative_to(ROOT))] += 1
    return {each: {f"`{file}` ({number})" for file, number in files.items()} for each, files in found.items()}


def marks(source: str) -> Iterator[str]:
    """The ids of each mark in a source, wherever it stands: on a test, a class, a parameter or a whole module."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "assures"
        ):
            yield from (str(ast.literal_eval(argument)) for argument in node.args)


def page() -> str:
    """The whole page; raises KeyError where a mark names an id without a sentence."""
    rows = (
        f"| {each} | {SENTENCES[each]} | {'<br>'.join(sorted(files))} |"
        for each, files in sorted(held().items())
    )
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
