"""The bare limit: on the same server a view that does nothing but ask the database the cheapest question.

No sign-in, no rights, no history of reads, no framework: what is left is what the machine can do at most.
"""

import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import psycopg

TAKEN = """
    SELECT practitioner_id, room_id, start, "end" FROM clinic_block
    WHERE {whose} AND active AND start < %(to)s AND start > %(from)s
"""
QUESTIONS = {
    # what is taken of one practitioner, of a clinic, of everybody
    "one": TAKEN.format(whose="practitioner_id = %(practitioner)s"),
    "clinic": TAKEN.format(whose="clinic_id = %(clinic)s"),
    "everybody": TAKEN.format(whose="true"),
    # a block and a visit in it, under the constraints and with the triggers of history
    "book": """
        WITH block AS (
            INSERT INTO clinic_block (id, clinic_id, practitioner_id, type_id, start, "end", capacity, taken, lane,
                overlap_reason, active)
            VALUES (uuidv7(), %(clinic)s, %(practitioner)s, %(type)s, %(start)s,
                %(start)s::timestamptz + interval '40 min', 1, 1, 0, '', true)
            RETURNING *
        )
        INSERT INTO patients_consultation (id, block_id, patient_id, type_id, clinic_id, practitioner_id, start, "end",
            status, version, source, booked_at, status_at, previous_status, cancelled_by, cancel_reason,
            cancelled_late, desk_note)
        SELECT uuidv7(), id, %(patient)s, type_id, clinic_id, practitioner_id, start, "end" - interval '10 min',
            'booked', 1, 'api', now(), now(), '', '', '', false, '' FROM block
        RETURNING id
    """,
    "search": """
        SELECT id, number, given_name, family_name, birth_date, phone FROM patients_patient
        WHERE search_name %%> %(first)s AND search_name %%> %(last)s
        ORDER BY word_similarity(%(first)s, search_name) DESC LIMIT 8
    """,
    "today": """
        SELECT DISTINCT ON (prescription.position) exercise.*, revision.* FROM programs_program AS program
        JOIN programs_prescription AS prescription ON prescription.program_id = program.id
        JOIN programs_exercise AS exercise ON exercise.id = prescription.exercise_id
        JOIN programs_dosagerevision AS revision ON revision.prescription_id = prescription.id
        WHERE program.patient_id = %(patient)s AND program.status = 'active' AND revision.effective_on <= current_date
        ORDER BY prescription.position, revision.effective_on DESC, revision.number DESC
    """,
    "next": """
        SELECT start FROM patients_consultation
        WHERE patient_id = %(patient)s AND start > now() AND status = 'booked' ORDER BY start LIMIT 1
    """,
    "day": """
        SELECT visit.start, visit."end", visit.status, visit.practitioner_id, patient.given_name, patient.family_name
        FROM patients_consultation AS visit JOIN patients_patient AS patient ON patient.id = visit.patient_id
        WHERE visit.clinic_id = %(clinic)s AND visit.start >= %(from)s AND visit.start < %(to)s
    """,
}
"""The questions by the name that stands in the address; several in one request are joined by a comma."""
LIKE_ENOUGH = 0.4
"""As the product's own search has it (patients/actions/registering)."""


@cache
def connection() -> "psycopg.Connection[Any]":
    """The one connection of this process: it answers one request at a time."""
    opened = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    opened.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(LIKE_ENOUGH)])
    return opened


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: `/` says hello; `/NAME?value=…` asks the question of that name."""
    names = environ["PATH_INFO"].strip("/")
    body = b"hello"
    if names and names != "healthz":
        values = dict(parse_qsl(environ["QUERY_STRING"]))
        rows = [connection().execute(QUESTIONS[name], values).fetchall() for name in names.split(",")]
        body = json.dumps(rows, default=str).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
