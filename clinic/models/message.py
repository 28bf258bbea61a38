"""The post: what is to be said to whom, when, and how it went. The broker only rings; this table is the truth."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.row import Row
from clinic.models.secret import EncryptedText


class Channel(models.TextChoices):
    """How a message travels. INTERNAL rows are work for the product itself (a freed slot)."""

    EMAIL = "email", _("email")
    INTERNAL = "internal", _("internal")


class State(models.TextChoices):
    """Where a message stands. Only `due` is ever sent."""

    DUE = "due", _("due")
    SENT = "sent", _("sent")
    SUPPRESSED = "suppressed", _("not needed any more")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("outcome unknown")
    SUPERSEDED = "superseded", _("replaced")


class Outbox(models.QuerySet["OutboxMessage"]):
    """Messages by what is to be done with them."""

    def sendable(self, now: datetime) -> "Outbox":
        """Due, past any wait between tries, and leased by nobody whose lease still runs."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=now), state=State.DUE, next_try__lte=now
        ).order_by("next_try")


class OutboxMessage(Row):
    """One message to one person about one subject. UNIQUE makes a second row for the same thing impossible.

    `subject_id` and `person_id` are plain UUIDs, not foreign keys: the post knows neither patients nor programs.
    `occurrence` tells apart messages of one kind about one subject ("lead:48h"); a move is version + 1. A resend
    is of the same version, so that it still speaks of the same visit: its occurrence ends in "#2", "#3".
    `payload` holds words that only this message carries (a one-time code); it is emptied once the message is sent.
    `next_try` starts as `due_at` and grows with each try. `unanswered` counts the tries of which nobody knows whether
    they arrived: the message was handed over, or about to be, and no answer came.
    """

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel)
    subject_id = models.UUIDField()
    person_id = models.UUIDField()
    occurrence = models.CharField(max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.DUE)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt_started_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    unanswered = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    payload = EncryptedText(blank=True, default="")
    last_reply = models.CharField(max_length=300, blank=True)

    objects = Outbox.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["next_try"], condition=Q(state="due"), name="message_due"),
            models.Index(
                fields=["useful_until"], condition=Q(state__in=["failed", "unknown"]), name="message_unsent"
            ),
            models.Index(fields=["subject_id", "kind"], name="message_of_subject"),
            models.Index(fields=["person_id", "created_at"], name="message_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "person_id", "subject_id", "occurrence", "version"],
                name="one_message_a_version",
            ),
            models.CheckConstraint(
                condition=Q(due_at__lte=models.F("useful_until")), name="message_due_while_useful"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
