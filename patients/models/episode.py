"""One complaint, from intake to discharge: what everything clinical hangs on."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic, Practitioner
from clinic.models.row import Row
from clinic.models.secret import EncryptedText
from patients.models.patient import Patient


@pghistory.track()
class EpisodeOfCare(Row):
    """A patient's complaint at a clinic. An unknown cause is normal: so it is at first in over 85 % of back pain."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="episodes")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="episodes")
    complaint = models.CharField(_("complaint"), max_length=120)
    working_diagnosis = EncryptedText(_("working diagnosis"), blank=True)
    cause_known = models.BooleanField(_("cause known"), default=False)
    imaging = EncryptedText(_("imaging and test results"), blank=True)
    onset_on = models.DateField(_("since"), null=True, blank=True)
    opened_on = models.DateField(_("opened"))
    discharged_on = models.DateField(_("discharged"), null=True, blank=True)
    care_team = models.ManyToManyField(Practitioner, through="CareTeamMember", related_name="episodes")

    class Meta:
        verbose_name = _("episode of care")
        verbose_name_plural = _("episodes of care")
        indexes = [models.Index(fields=["clinic", "discharged_on"], name="episode_of_clinic")]
        constraints = [
            models.CheckConstraint(
                condition=Q(discharged_on=None) | Q(discharged_on__gte=F("opened_on")),
                name="episode_discharged_after_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.complaint


@pghistory.track()
class CareTeamMember(Row):
    """A practitioner treats in an episode, from a moment on: that opens its notes."""

    episode = models.ForeignKey(EpisodeOfCare, on_delete=models.CASCADE, related_name="team")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="teams")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("care team member")
        verbose_name_plural = _("care team")
        constraints = [
            models.UniqueConstraint(fields=["episode", "practitioner"], name="one_place_in_a_care_team")
        ]

    def __str__(self) -> str:
        return str(self.practitioner)


@pghistory.track()
class Intake(Row):
    """What the first consultation asks: the things on which the success of a program depends. Encrypted at rest."""

    episode = models.OneToOneField(EpisodeOfCare, on_delete=models.CASCADE, related_name="intake")
    current_condition = EncryptedText(_("current health condition"), blank=True)
    medical_history = EncryptedText(_("medical history"), blank=True)
    medication = EncryptedText(_("medication"), blank=True)
    lifestyle = EncryptedText(_("lifestyle"), blank=True)
    diet = EncryptedText(_("diet"), blank=True)
    activity = EncryptedText(_("activity"), blank=True)
    other_factors = EncryptedText(_("other internal and external factors"), blank=True)
    goals = EncryptedText(_("goals"), blank=True)
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("intake")
        verbose_name_plural = _("intakes")

    def __str__(self) -> str:
        return str(self.episode)
