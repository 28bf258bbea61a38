"""Makes the reminders of the visits to come; what is past, or due already, was said before the demo began."""

from clinic.actions import outbox
from clinic.models import ReminderLead
from patients.messages import posts_for_booked
from patients.models import Consultation
from patients.rules.lifecycle import Status
from programs.management.demo.start import Start


def make(start: Start, visits: list[Consultation]) -> int:
    """How many reminders wait; none is due now, so that a worker that wakes has nothing to send."""
    leads: dict[object, list[ReminderLead]] = {}
    for lead in ReminderLead.objects.all():
        leads.setdefault(lead.clinic_id, []).append(lead)
    reminders = [
        post
        for visit in visits
        if visit.status in {Status.BOOKED, Status.CONFIRMED}
        and visit.patient.email
        and visit.patient.wants_email
        for post in posts_for_booked(visit, leads=leads[visit.clinic_id], now=start.now)
        if post.kind == "reminder" and post.due_at > start.now
    ]
    outbox.put(*reminders, now=start.now)
    return len(reminders)
