"""Who is treated, and which accounts may open their record."""

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from clinic.models import Clinic, User
from clinic.models.row import Row

NEXT_NUMBER = Func(
    Value("patients_patient_number"), function="nextval", output_field=models.PositiveBigIntegerField()
)


class Patients(models.QuerySet["Patient"]):
    """Patients by their state."""

    def current(self) -> "Patients":
        """Neither archived nor merged into another."""
        return self.filter(archived_at=None, merged_into=None)


@pghistory.track()
class Patient(Row):
    """One person's record. Never matched to anybody by email, phone or name alone: two people may share all three."""

    number = models.PositiveBigIntegerField(_("number"), unique=True, editable=False, db_default=NEXT_NUMBER)
    given_name = models.CharField(_("given name"), max_length=80)
    family_name = models.CharField(_("family name"), max_length=80)
    search_name = models.CharField(max_length=200, editable=False)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("email"), blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, verbose_name=_("home clinic"), related_name="+"
    )
    desk_note = models.CharField(_("note for the desk"), max_length=200, blank=True)
    wants_email = models.BooleanField(_("wants emails"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deceased_on = models.DateField(_("died"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    objects = Patients.as_manager()

    @property
    def reads_email(self) -> bool:
        """Whether news of their visits goes to them by email; `messages.recipient` says why not, and somebody calls."""
        is_closed = self.deceased_on or self.archived_at or self.merged_into_id
        return bool(self.email and self.wants_email and not is_closed)

    merged_from = ""
    """The name and number by which a search found this record, where they are of one merged into it. Not stored."""

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [
            GinIndex(OpClass(F("search_name"), name="gin_trgm_ops"), name="patient_search_name"),
            models.Index(fields=["birth_date"], name="patient_birth_date"),
            models.Index(fields=["phone"], name="patient_phone"),
            models.Index(fields=["email"], name="patient_email"),
            models.Index(fields=["updated_at", "id"], name="patient_updated"),
            models.Index(fields=["clinic", "family_name"], name="patient_of_clinic"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given_name="") & ~Q(family_name=""), name="patient_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(birth_date=None) | Q(birth_date__gt="1895-01-01"), name="patient_birth"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="patient_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Given and family name, as said aloud."""
        return f"{self.given_name} {self.family_name}"


class Relation(models.TextChoices):
    """Why an account may open a record."""

    SELF = "self", _("the patient")
    PARENT = "parent", _("a parent")
    GUARDIAN = "guardian", _("a guardian")


@pghistory.track()
class PortalAccess(Row):
    """A user may open a patient's portal. Ended, not deleted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="portal_access")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="portal_access")
    relation = models.CharField(_("relation"), max_length=10, choices=Relation, default=Relation.SELF)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("portal access")
        verbose_name_plural = _("portal access")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(ended_at=None),
                name="one_living_access_a_user_and_patient",
                violation_error_message=_(
                    "This account opens this record already. End the other access first, or leave this one ended."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.patient}"
