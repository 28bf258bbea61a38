"""`python -m bench.filling`: fills the database of the environment and prints what the measurements must know of it.

A process of its own: it is the only one of the measurements that loads Django, and it acts as the superuser.
"""

import argparse
import json
import os
from typing import Any

import django

SEED = 20260317


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser()
    for name in ("--patients", "--visits", "--courses"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--world", choices=["wide", "crowded"], default="wide")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    print(json.dumps(_filled(asked)))


def _filled(asked: argparse.Namespace) -> dict[str, Any]:
    """The note: ids, tokens and sessions."""
    from django.utils import timezone  # noqa: PLC0415 - models exist only after setup

    from bench.filling import accounts, copying, courses, crowded, diary, people, places  # noqa: PLC0415
    from programs.management.demo.start import Start  # noqa: PLC0415

    start = Start(seed=SEED, now=timezone.now(), patients=asked.patients)
    if asked.world == "crowded":
        return crowded.make(start)
    where = places.make(start.chance("places"))
    everybody = people.make(start, where.clinics)
    diary.make(start, where, everybody, asked.visits)
    elena = accounts.patient_of(where, start)
    courses.make(start, where, everybody, elena.pk, asked.courses)
    note = accounts.note(start, where, everybody, elena)
    copying.tidy()
    return note


if __name__ == "__main__":
    main()
