#!/usr/bin/env python3
"""The one command: `python3 manage.py run` runs the clinic, `python3 manage.py test` checks everything."""

import os
import sys
from pathlib import Path

from clinic.launch import bootstrap


def main() -> None:
    """Makes the environment where it is missing, the servers where none are configured, then obeys."""
    root = Path(__file__).resolve().parent
    bootstrap.ensure(root, sys.argv, dev=sys.argv[1:2] == ["test"])

    from clinic.launch import ambient, serving  # noqa: PLC0415 - works only in the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    with ambient.surroundings(root, sys.argv):
        if not serving.at_once(root, sys.argv):
            from django.core.management import execute_from_command_line  # noqa: PLC0415

            execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
