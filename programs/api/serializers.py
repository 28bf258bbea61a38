"""Shapes of exercises, programs, doses and logs in the API. A dosage has the names of `programs.rules.dosage`."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.web.api import Body, Day, Moment, unknown
from programs import wording
from programs.actions import recording, stocking
from programs.actions.watching.today import TodayItem
from programs.api import doses
from programs.models import (
    DosageRevision,
    Exercise,
    Feel,
    LogStatus,
    Prescription,
    Program,
    SessionLog,
    SkipReason,
)
from programs.rules import dosage as dosages


class ExerciseOut(serializers.ModelSerializer[Exercise]):
    """An entry of the library, with its picture."""

    picture = serializers.SerializerMethodField()

    class Meta:
        model = Exercise
        fields = (
            "id", "slug", "name", "mode", "position", "steps", "cautions", "benefits", "why", "body_regions",
            "equipment", "difficulty", "contraindications", "precautions", "recommended", "starting", "picture",
        )  # fmt: skip

    def get_picture(self, row: Exercise) -> str:
        """Address of the drawing, empty where there is none."""
        return stocking.picture_url(row)


class ProgramOut(serializers.ModelSerializer[Program]):
    """A program without its exercises."""

    class Meta:
        model = Program
        fields = (
            "id", "patient", "episode", "clinic", "physiotherapist", "title", "goal", "status", "starts_on", "ends_on",
            "version",
        )  # fmt: skip


class ProgramIn(Body):
    """What opens a program; it is a draft until it is activated."""

    patient = serializers.UUIDField()
    episode = serializers.UUIDField()
    clinic = serializers.UUIDField()
    title = serializers.CharField(max_length=80)
    goal = serializers.CharField(max_length=200, required=False, allow_blank=True)
    starts_on = Day(required=False)
    ends_on = Day(required=False, allow_null=True)


def dosage_out(revision: DosageRevision) -> dict[str, object]:
    """A dosage as JSON, with its words."""
    return {**dosages.to_mapping(revision.dosage), "words": wording.dosage(revision.dosage)}


@extend_schema_field(doses.DosageIn)
class DosageFields(serializers.DictField):
    """The fields of a dosage by name; the rules say which fit together and within which bounds."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The fields as they were sent. Raises ValidationError for a name that is none of a dosage."""
        told: dict[str, Any] = super().to_internal_value(data)
        if faults := unknown(told, dosages.FIELDS):
            raise serializers.ValidationError(faults)
        return told


class RevisionOut(serializers.ModelSerializer[DosageRevision]):
    """A dosage from a date on."""

    dosage = serializers.SerializerMethodField()

    class Meta:
        model = DosageRevision
        fields = ("id", "number", "effective_on", "recorded_on", "created_at", "author", "reason", "dosage")

    @extend_schema_field(doses.DosageOut)
    def get_dosage(self, row: DosageRevision) -> dict[str, Any]:
        """The dosage with its words."""
        return dosage_out(row)


class PrescriptionOut(serializers.ModelSerializer[Prescription]):
    """An exercise in a program with all its revisions."""

    revisions = RevisionOut(many=True)

    class Meta:
        model = Prescription
        fields = ("id", "program", "exercise", "position", "stopped_on", "revisions")


class PrescriptionIn(Body):
    """An exercise to prescribe; without a dosage it gets the library's starting one."""

    exercise = serializers.UUIDField()
    position = serializers.IntegerField(min_value=1, max_value=99, required=False)
    dosage = DosageFields(required=False)
    effective_on = Day(required=False)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


def read_revision(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A revision as it is sent: reason, effective_on and number, and beside them the changed fields of the dosage.

    Raises ValidationError for a name that is of neither.
    """
    beside = BesideRevision().fields
    if faults := unknown(data, (*beside, *dosages.FIELDS)):
        raise serializers.ValidationError(faults)
    told = {name: value for name, value in data.items() if name in beside}
    return told, {name: value for name, value in data.items() if name not in told}


class BesideRevision(Body):
    """What a revision needs beside the changed fields. `number` is the last one that the sender has seen."""

    reason = serializers.CharField(max_length=300)
    effective_on = Day(required=False)
    number = serializers.IntegerField(required=False)


class RevisionIn(BesideRevision):
    """A revision: the changed fields of the dosage, each with its new value, and why.

    What is not sent stays as it was. `number` is the last revision that the sender has seen.
    """

    def get_fields(self) -> dict[str, Any]:
        """Those of a dosage after what stands beside them."""
        return {**super().get_fields(), **doses.fields()}


def today_item(item: TodayItem) -> dict[str, object]:
    """One line of a patient's day."""
    exercise = item.exercise
    return {
        "prescription": item.prescription.pk,
        "revision": item.revision.pk,
        "exercise": {
            "id": exercise.pk,
            "name": exercise.name,
            "position": exercise.position,
            "steps": exercise.steps,
            "cautions": exercise.cautions,
            "why": exercise.why,
            "picture": item.picture,
            "mirrored": item.mirrored,
        },
        "dosage": {**dosages.to_mapping(item.dosage), "words": item.words, "plain": item.plain},
        "pain_ceiling": item.pain_ceiling,
        "due": item.due,
        "done": item.done,
    }


class SetIn(Body):
    """One set as it was done."""

    number = serializers.IntegerField()
    reps = serializers.IntegerField(required=False, allow_null=True)
    hold_s = serializers.IntegerField(required=False, allow_null=True)
    minutes = serializers.DecimalField(max_digits=5, decimal_places=1, required=False, allow_null=True)
    load = serializers.DecimalField(max_digits=5, decimal_places=1, required=False, allow_null=True)


class ExerciseLogIn(Body):
    """What became of one prescription."""

    prescription = serializers.UUIDField()
    revision = serializers.UUIDField()
    status = serializers.ChoiceField(choices=LogStatus.choices)
    reason = serializers.ChoiceField(choices=SkipReason.choices, required=False, allow_blank=True)
    pain = serializers.IntegerField(required=False, allow_null=True)
    effort = serializers.DecimalField(max_digits=3, decimal_places=1, required=False, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    sets = SetIn(many=True, required=False)


class SessionLogIn(Body):
    """One sitting; both times by the device's clock. Scales are checked by the rules, which say what to correct.

    Strict as every body: of a misspelt field a pain or a set would be lost without a word, for the answer 201 lets the
    device forget the log. A refused log is not lost: a device keeps what was not answered 200 or 201. That a device
    which was offline for weeks is never refused for its age holds because the server hands out its clients, so none
    knows a name before the server does, and because a name once read stays here for good (a test holds the list).
    """

    client_uuid = serializers.UUIDField()
    started_at = Moment()
    sent_at = Moment()
    pain_before = serializers.IntegerField(required=False, allow_null=True)
    pain_during = serializers.IntegerField(required=False, allow_null=True)
    pain_after = serializers.IntegerField(required=False, allow_null=True)
    effort = serializers.DecimalField(max_digits=3, decimal_places=1, required=False, allow_null=True)
    feel = serializers.ChoiceField(choices=Feel.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    exercises = ExerciseLogIn(many=True, allow_empty=False)


def session_entry(told: dict[str, Any]) -> recording.SessionEntry:
    """The sitting as the action takes it."""
    exercises = tuple(
        recording.ExerciseEntry(
            **{**each, "sets": tuple(recording.SetEntry(**one) for one in each.get("sets", ()))}
        )
        for each in told["exercises"]
    )
    return recording.SessionEntry(**{**told, "exercises": exercises})


class SessionLogOut(serializers.ModelSerializer[SessionLog]):
    """A stored sitting."""

    class Meta:
        model = SessionLog
        fields = (
            "id", "client_uuid", "program", "started_at", "received_at", "day", "pain_before", "pain_during",
            "pain_after", "pain_next_morning", "effort", "feel", "source",
        )  # fmt: skip


class MorningIn(Body):
    """Pain the morning after."""

    pain_next_morning = serializers.IntegerField()
