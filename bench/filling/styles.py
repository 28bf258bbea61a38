"""`python -m bench.filling.styles`: collects styles, fonts and icons for the measured product where they are stale."""

import django
from django.core.management import call_command

from clinic.launch import static


def main() -> None:
    """Returns when they are there."""
    django.setup()
    if static.is_stale():
        call_command("collectstatic", interactive=False, ignore_patterns=["redoc"], verbosity=0)
        static.stamp()


if __name__ == "__main__":
    main()
