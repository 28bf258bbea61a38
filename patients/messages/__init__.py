"""The messages of the patients app: about visits and the portal, offers of a freed time, and a time to choose anew."""

from patients.messages.online import posts_for_request
from patients.messages.visits import (
    ABOUT_A_VISIT,
    TO_COME,
    ask_what_waits,
    calendar,
    is_entered,
    is_invited_since,
    may_be_opened,
    posts_for_booked,
    posts_for_cancelled,
    posts_for_moved,
    recipient,
)
from patients.messages.waiting import posts_for_choose_again, posts_for_offer

__all__ = [
    "ABOUT_A_VISIT",
    "TO_COME",
    "ask_what_waits",
    "calendar",
    "is_entered",
    "is_invited_since",
    "may_be_opened",
    "posts_for_booked",
    "posts_for_cancelled",
    "posts_for_choose_again",
    "posts_for_moved",
    "posts_for_offer",
    "posts_for_request",
    "recipient",
]
