"""Prints an API token, or revokes those of somebody."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.actions import signing_in
from clinic.models import User


class Command(BaseCommand):
    """`token EMAIL`: a new key to the API for that user, valid for a year; with --revoke all theirs end."""

    help = "Print a new API token of the user with this email. It is shown only now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--revoke", action="store_true", help="end all tokens of this user, and make none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        revoke = options["revoke"]
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None or not (
            user.is_active or revoke
        ):  # a disabled account's tokens can be ended for good
            raise CommandError(
                f"Nobody signs in as {options['email']}. Check the address, or invite them first."
            )
        if revoke:
            ended = signing_in.revoke_tokens(user=user, now=timezone.now())
            self.stdout.write(f"{ended} tokens of {user.email} are revoked.")
        else:
            self.stdout.write(signing_in.issue_token(user=user, now=timezone.now()))
