"""Prints an API token."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.actions import signing_in
from clinic.models import User


class Command(BaseCommand):
    """`token EMAIL`: a new key to the API for that user, valid for a year."""

    help = "Print a new API token of the user with this email. It is shown only now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.signing_in_as(options["email"])
        if user is None:
            raise CommandError(
                f"Nobody signs in as {options['email']}. Check the address, or invite them first."
            )
        self.stdout.write(signing_in.issue_token(user=user, now=timezone.now()))
