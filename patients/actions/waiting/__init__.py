"""The waitlist: wishes, and the freed slots that are offered for them, one at a time and to exactly one.

`wishes` enters and reads them, `offers` makes and answers offers, `exchanging` gives another visit back for one,
`serving` hands out what was freed.
"""

from patients.actions.waiting.exchanging import NotGivenBack, is_in_time, others
from patients.actions.waiting.offers import (
    NotReachable,
    OfferOpen,
    OfferOver,
    Place,
    TooSoon,
    accept,
    book,
    decline,
    offer,
    opened,
    withdraw_offer,
)
from patients.actions.waiting.serving import Fit, fitting, let_run_out, offer_next, serve, serve_batch
from patients.actions.waiting.wishes import (
    NotWaiting,
    Wanted,
    WishUnlikely,
    free_slots,
    next_visits,
    open_wishes,
    wish,
    withdraw,
)

__all__ = [
    "Fit",
    "NotGivenBack",
    "NotReachable",
    "NotWaiting",
    "OfferOpen",
    "OfferOver",
    "Place",
    "TooSoon",
    "Wanted",
    "WishUnlikely",
    "accept",
    "book",
    "decline",
    "fitting",
    "free_slots",
    "is_in_time",
    "let_run_out",
    "next_visits",
    "offer",
    "offer_next",
    "open_wishes",
    "opened",
    "others",
    "serve",
    "serve_batch",
    "wish",
    "withdraw",
    "withdraw_offer",
]
