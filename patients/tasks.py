"""The workers' door to the waitlist: rung when time is freed, and by the beat."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from patients.actions import waiting

LONGEST = timedelta(seconds=120)
"""A run ends well before the task's time limit; the next beat goes on."""


@shared_task
def offer_freed_slots() -> None:
    """Offers all that was freed to whoever waits for it, a batch after the other."""
    stop_at = timezone.now() + LONGEST
    while waiting.serve_batch(clock=timezone.now) and timezone.now() < stop_at:
        pass


@shared_task
def let_offers_run_out() -> None:
    """Ends offers that nobody answered in time; what they held goes to the next."""
    waiting.let_run_out(now=timezone.now())
