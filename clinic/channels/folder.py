"""Mail into a folder, one file a message: for trying the product, shown on /dev/outbox/."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from clinic.models.row import new_id


class EmailBackend(BaseEmailBackend):
    """Writes each message as `TIME-ORDERED-ID.eml` into OUTBOX_DIR; a file appears whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """The number written."""
        folder = settings.OUTBOX_DIR
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            name = new_id()
            draft = folder / f".{name}"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)
