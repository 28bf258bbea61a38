"""Fills the exercise library with what ships, and draws its figures."""

from typing import Any

from django.core.management.base import BaseCommand

from programs.actions import stocking


class Command(BaseCommand):
    """`stock`: new exercises and templates are added, untouched ones renewed; what staff changed stays theirs."""

    help = (
        "Add the exercises and templates that ship with the product to the library, and draw their figures."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many are new or renewed."""
        self.stdout.write(f"{stocking.stock()} exercises and templates are new or renewed.")
