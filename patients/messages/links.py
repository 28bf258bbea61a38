"""The links with which a patient answers a mail about a visit: each for one act, and of the version it speaks of."""

from collections.abc import Mapping

from clinic.messages import Link
from clinic.models import OutboxMessage
from patients.models import Consultation

VERBS = ("confirm", "cancel", "move")


def purpose(verb: str) -> str:
    """What the link of a verb is signed for."""
    return f"visit-{verb}"


def to_answer(visit: Consultation, _row: OutboxMessage) -> Mapping[str, Link]:
    """`confirm_link`, `cancel_link` and `move_link`, by which the mail's words know them."""
    return {
        f"{verb}_link": Link(
            page=f"visit_{verb}", purpose=purpose(verb), subject=visit.pk, version=visit.version
        )
        for verb in VERBS
    }
