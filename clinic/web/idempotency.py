"""The header `Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header): a POST that makes something, sent
again because its answer was lost, makes nothing more and is answered with what it made."""

import json
import re
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.actions import once
from clinic.web.api import Door

M = TypeVar("M", bound=Model)
HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
READABLE = re.compile(r"[ -~]{1,200}")
PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 200},
    OpenApiParameter.HEADER,
    description="Optional, a new one for each thing to be made, such as a UUID: up to 200 printable ASCII characters. "
    "The same request with the same key again, within 24 hours, makes nothing more: it is answered with what was made, "
    f"as it stands now, and with `{REPLAYED}: true`. A refusal is not kept. With another body or address: 422; while "
    "the first is still at work: 409.",
)


def once_a_key(
    door: Door, rows: QuerySet[M], make: Callable[[], M], told: Callable[[M], Response]
) -> Response:
    """What `make` makes, told; where the key made it before, the row of `rows` that it made then, by policy.

    Without the header it is made. Raises what `make` raises, 400 for a key that cannot be read, and what
    `clinic.actions.once` refuses.
    """
    key = _key(door.request)
    if key is None:
        return told(make())
    asked = once.Asked(user=door.user, key=key, request=_all_that_is_asked(door.request))
    made = once.make(asked=asked, maker=make, now=door.now)
    if made.row is not None:
        return told(made.row)
    answer = told(door.fetch("view", rows, pk=made.pk))
    answer[REPLAYED] = "true"
    return answer


def _key(request: Request) -> str | None:
    """The key that was sent, None where there is none."""
    key = request.headers.get(HEADER)
    if key is not None and not READABLE.fullmatch(key):
        raise ValidationError(
            {
                HEADER: [
                    _("Send 1 to 200 printable ASCII characters, such as a UUID, or leave the header out.")
                ]
            }
        )
    return key


def _all_that_is_asked(request: Request) -> str:
    """Method, address and body; the order of the body's names says nothing."""
    body = json.dumps(request.data, sort_keys=True)
    return f"{request.method} {request.get_full_path()}\n{body}"
