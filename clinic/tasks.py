"""The workers' door to the post: rung after a commit, and by the beat."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from clinic.actions import once, sending

LONGEST = timedelta(seconds=120)
"""A run ends well before the task's time limit; the next beat goes on."""


@shared_task
def send_due_messages() -> None:
    """Sends all that is due, a batch after the other."""
    stop_at = timezone.now() + LONGEST
    while sending.send_batch(clock=timezone.now) and timezone.now() < stop_at:
        pass


@shared_task
def forget_old_keys() -> None:
    """Deletes what was kept for requests that nobody sends again any more."""
    once.forget(now=timezone.now())
