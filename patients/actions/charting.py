"""Writes the record: opens an episode of care, lets a colleague into its care team, takes the intake."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import AccessEvent, Clinic, Practitioner, User
from clinic.policy import NotYours
from clinic.rules import wallclock
from clinic.rules.refusals import Kind, Refusal
from patients import record
from patients.models import CareTeamMember, EpisodeOfCare, Intake, Patient

LONGEST_WHY = 200
"""Signs that the log of readings keeps of a reason."""

__all__ = [
    "Answers",
    "ComplaintMissing",
    "EpisodeOver",
    "NotYours",
    "OnsetInTheFuture",
    "Opening",
    "WhyMissing",
    "WhyTooLong",
    "join",
    "open_episode",
    "take_intake",
]


class ComplaintMissing(Refusal):
    """An episode about nothing."""

    code = "complaint_missing"


class OnsetInTheFuture(Refusal):
    """A complaint that has not begun yet."""

    code = "onset_in_the_future"


class EpisodeOver(Refusal):
    """An intake into an episode that was discharged."""

    code = "episode_over"
    kind = Kind.CONFLICT


class WhyMissing(Refusal):
    """Somebody would read a record in which they do not treat, and does not say why."""

    code = "why_missing"


class WhyTooLong(Refusal):
    """A reason that does not fit into the log of readings."""

    code = "why_too_long"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What an episode begins with. Who opens it for themselves or a colleague names the practitioner who treats."""

    clinic: Clinic
    complaint: str
    practitioner: Practitioner
    onset_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the intake asks: the things on which the success of a program depends. Empty where nothing was said."""

    current_condition: str = ""
    medical_history: str = ""
    medication: str = ""
    lifestyle: str = ""
    diet: str = ""
    activity: str = ""
    other_factors: str = ""
    goals: str = ""


def open_episode(*, patient: Patient, opening: Opening, by: User, now: datetime) -> EpisodeOfCare:
    """The new episode, opened today in the clinic's zone, its practitioner in the care team; its cause not yet known.

    Raises ComplaintMissing, OnsetInTheFuture, NotYours.
    """
    today = wallclock.local_day(now, opening.clinic.zone)
    complaint = " ".join(opening.complaint.split())
    if not complaint:
        raise ComplaintMissing(_("Say what the complaint is, in a few words."), field="complaint")
    if opening.onset_on is not None and opening.onset_on > today:
        raise OnsetInTheFuture(_("Give a day up to today on which it began."), field="onset_on")
    with transaction.atomic():
        episode = EpisodeOfCare.objects.create(
            patient=record.current(patient),
            clinic=opening.clinic,
            complaint=complaint,
            onset_on=opening.onset_on,
            opened_on=today,
        )
        if not policy.may(by, "add", episode):  # asked of the row itself, so that policy alone knows the rule
            raise NotYours(_("You may not open an episode at this clinic. Ask one of its physiotherapists."))
        CareTeamMember.objects.create(episode=episode, practitioner=opening.practitioner)
    return episode


def join(
    *, episode: EpisodeOfCare, practitioner: Practitioner, reason: str, by: User, now: datetime
) -> CareTeamMember:
    """The practitioner's place in the care team, which opens the episode's notes; the reason stands in the log of
    readings for whoever asks later. Who is in the team already stays in it, and nothing is logged.

    Raises WhyMissing, WhyTooLong, NotYours.
    """
    why = " ".join(reason.split())
    if not why:
        raise WhyMissing(_("Say why you join: the patient may ask who read their record."), field="reason")
    if len(why) > LONGEST_WHY:
        raise WhyTooLong(_("Say it in 200 signs or fewer."), field="reason")
    if practitioner.user_id != by.pk or not policy.may(by, "join", episode):
        raise NotYours(_("Physiotherapists of the episode's clinic join its care team themselves."))
    with transaction.atomic():
        member, is_new = CareTeamMember.objects.get_or_create(episode=episode, practitioner=practitioner)
        if is_new:
            AccessEvent.objects.create(
                at=now,
                user_id=by.pk,
                patient_ids=[episode.patient_id],
                what="joined care team",
                door="care team",
                reason=why,
            )
    return member


def take_intake(*, episode: EpisodeOfCare, answers: Answers, by: User, now: datetime) -> Intake:
    """The episode's intake with these answers; one that stands is replaced, and its history keeps the old one.

    `now` decides whether the episode is over. Raises EpisodeOver, NotYours.
    """
    today = wallclock.local_day(now, episode.clinic.zone)
    if episode.discharged_on is not None and episode.discharged_on <= today:
        raise EpisodeOver(_("This episode is over. Open a new one for a new complaint."))
    with transaction.atomic():
        intake, _created = Intake.objects.update_or_create(episode=episode, defaults=asdict(answers))
        if not policy.may(by, "change", intake):
            raise NotYours(_("Only the care team of this episode takes its intake."))
    return intake
