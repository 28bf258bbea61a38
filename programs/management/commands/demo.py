"""Loads the demo clinic into an empty database and prints how to sign in."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from clinic.models import User
from programs.management.demo import diary, logs, people, places, post, programs, staff, twins, wishes
from programs.management.demo.start import Start

PATIENTS, SEED = 200, 20260317
STAGES = 8


@dataclass(frozen=True)
class LogIn:
    """One account to try, and the page on which it begins. Without a password a code comes by email."""

    role: str
    email: str
    password: str
    page: str


LOG_INS = (
    LogIn("front desk", staff.DESK, staff.PASSWORD, "/desk/"),
    LogIn("physiotherapist", staff.PHYSIO, staff.PASSWORD, "/admin/"),
    LogIn("manager", staff.MANAGER, staff.PASSWORD, "/desk/numbers/"),
    LogIn("patient", people.PATIENT, "", "/portal/"),
    LogIn("parent", people.PARENT, "", "/portal/"),
)


class Command(BaseCommand):
    """`demo [--patients N] [--seed N] [--json]`."""

    help = (
        "Load a demo clinic into an empty database: places, staff, patients, a full diary, programs and logs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patients", type=int, default=PATIENTS, help="how many patients (3 to 5000)")
        parser.add_argument("--seed", type=int, default=SEED, help="the same number gives the same clinic")
        parser.add_argument("--json", action="store_true", help="print the log-ins as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError(
                "This is not a demo. Set DEMO=yes to load invented patients, on a machine for trying."
            )
        if not 3 <= options["patients"] <= 5000:
            raise CommandError("Give --patients from 3 to 5000.")
        if User.objects.exists():
            raise CommandError(
                "The database is not empty: there are users already. Load the demo into a new one."
            )
        now: datetime = timezone.now()
        load(Start(seed=options["seed"], now=now, patients=options["patients"]), say=self._said)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in LOG_INS], indent=2))
            return
        for each in LOG_INS:
            how = each.password or "(a code by email, see /dev/outbox/)"
            self.stdout.write(f"{each.role:16} {each.email:20} {how:38} {each.page}")

    def _said(self, stage: str) -> None:
        if not self.stderr.isatty():
            self.stderr.write(self.style.NOTICE(stage), style_func=str)


def load(start: Start, *, say: Callable[[str], None]) -> None:
    """The whole demo in one transaction: all of it, or nothing. Draws a bar where a person watches."""
    with (
        transaction.atomic(),
        tqdm(total=STAGES, desc="Demo", unit="stage", disable=None, leave=False) as bar,
    ):

        def stage(name: str) -> None:
            say(f"Demo: {name}")
            bar.set_postfix_str(name)
            bar.update()

        stage("places")
        where = places.make(start)
        stage("staff")
        team = staff.make(start, where)
        stage("patients")
        everybody = people.make(start, team)
        stage("diary")
        visits = diary.make(start, team, everybody)
        stage("waitlist")
        wishes.make(start, team, everybody)
        twins.make(start, everybody)
        stage("programs")
        courses = programs.make(start, everybody)
        stage("logs")
        logs.make(start, courses)
        stage("reminders")
        post.make(start, visits, courses)
