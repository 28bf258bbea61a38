"""The links with which a patient answers a mail about a visit: each for one act, and of the version it speaks of."""

from collections.abc import Mapping
from datetime import timedelta

from clinic.messages import Link
from clinic.models import OutboxMessage
from patients.models import Consultation
from patients.rules import lifecycle


def purpose(verb: str) -> str:
    """What the link of a verb is signed for."""
    return f"visit-{verb}"


def to_answer(visit: Consultation, row: OutboxMessage) -> Mapping[str, Link]:
    """`confirm_link`, and `move_link` and `cancel_link` where the mail comes before the notice to cancel runs out.

    After it those two could only say to call, and that the mail says itself.
    """
    notice = timedelta(hours=visit.type.notice_to_cancel_h)
    is_late = lifecycle.late_cancel(visit.start, row.due_at, notice)
    verbs = ["confirm"] if is_late else ["confirm", "move", "cancel"]
    return {
        f"{verb}_link": Link(
            page=f"visit_{verb}", purpose=purpose(verb), subject=visit.pk, version=visit.version
        )
        for verb in verbs
    }
