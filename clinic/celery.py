"""The Celery application and its one beat table: all that happens by the clock stands here."""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

app = Celery("clinic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # The broker only rings the bell: a lost ring is made good by the next one.
    "send what is due": {"task": "clinic.tasks.send_due_messages", "schedule": timedelta(seconds=15)},
    "offer what was freed": {"task": "patients.tasks.offer_freed_slots", "schedule": timedelta(seconds=30)},
    "let offers run out": {"task": "patients.tasks.let_offers_run_out", "schedule": timedelta(seconds=60)},
    "forget old keys": {"task": "clinic.tasks.forget_old_keys", "schedule": timedelta(hours=1)},
}
