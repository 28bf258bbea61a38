"""Makes the demo's post: reminders that wait for their time, and letters due now, really sent by the worker."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from clinic.actions import outbox
from clinic.messages import Post
from clinic.models import ReminderLead, User
from patients.actions import inviting
from patients.messages import posts_for_booked
from patients.models import Consultation
from patients.rules.lifecycle import Status
from programs.actions.prescribing import READY_WITHIN
from programs.management.demo.people import FIXED, PATIENT
from programs.management.demo.programs import Course
from programs.management.demo.staff import DESK
from programs.management.demo.start import HISTORY, Start

WRITABLE = frozenset(email for _given, _family, email, _born in FIXED)
"""Who signs in to the demo: their confirmations and programs are news when it begins."""
REMINDED = 3
"""So many of the next visits are reminded of at once, as if their time had just come."""
IN_TIME = timedelta(hours=1)
"""A visit sooner than that is not written about any more."""


def make(start: Start, visits: list[Consultation], courses: list[Course]) -> int:
    """How many letters wait or are due. A run finds some on its mail page from the start, a worker sent them all."""
    leads: dict[object, list[ReminderLead]] = {}
    for lead in ReminderLead.objects.all():
        leads.setdefault(lead.clinic_id, []).append(lead)
    to_come = sorted(
        (
            visit
            for visit in visits
            if visit.status in {Status.BOOKED, Status.CONFIRMED}
            and visit.start > start.now
            and visit.patient.email
            and visit.patient.wants_email
        ),
        key=lambda visit: visit.start,
    )
    said = {visit: posts_for_booked(visit, leads=leads[visit.clinic_id], now=start.now) for visit in to_come}
    waiting = [post for posts in said.values() for post in posts if post.due_at > start.now]
    soon = {visit: leads[visit.clinic_id] for visit in to_come if visit.start > start.now + IN_TIME}
    letters = [*waiting, *_confirmed(said), *_reminded(start, soon), *_ready(start, courses)]
    outbox.put(*letters, now=start.now)
    _invite(start, courses)
    return len(letters) + 1


def _confirmed(said: dict[Consultation, list[Post]]) -> Iterator[Post]:
    """That the next visit of each who signs in is booked."""
    written = set()
    for visit, posts in said.items():
        if visit.patient.email in WRITABLE and visit.patient_id not in written:
            written.add(visit.patient_id)
            yield from (post for post in posts if post.kind == "booked")


def _reminded(start: Start, soon: dict[Consultation, list[ReminderLead]]) -> Iterator[Post]:
    """The last reminder of each of the next visits that was booked so long ago that all its times have come."""
    left = REMINDED
    for visit, leads in soon.items():
        long_ago = posts_for_booked(visit, leads=leads, now=start.now - HISTORY)
        reminders = [post for post in long_ago if post.kind == "reminder"]
        if left and reminders and all(post.due_at <= start.now for post in reminders):
            left -= 1
            yield replace(max(reminders, key=lambda post: post.due_at), due_at=start.now)


def _ready(start: Start, courses: list[Course]) -> Iterator[Post]:
    """That the program of each who signs in can be opened."""
    for course in courses:
        if course.person.patient.email in WRITABLE:
            yield Post(
                kind="program_ready",
                subject_id=course.program.pk,
                person_id=course.person.patient.pk,
                due_at=start.now,
                useful_until=start.now + READY_WITHIN,
            )


def _invite(start: Start, courses: list[Course]) -> None:
    """The patient's invitation, by the desk."""
    patient = next(each.person.patient for each in courses if each.person.patient.email == PATIENT)
    inviting.invite(patient=patient, by=User.objects.get(email=DESK), now=start.now)
