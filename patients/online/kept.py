"""What somebody has typed so far, kept in their session, encrypted, so that Back loses nothing.

It is health data, so it stands in no address; what is chosen (clinic, type, time) does.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from clinic.models.secret import UnreadableSecret, decrypt, encrypt

KEY = "online_booking"
LASTS = timedelta(hours=2)
"""So long Back finds it, unless the visit is confirmed in this browser or its visitor starts anew before."""


def read(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What was typed in the last two hours."""
    try:
        told: dict[str, Any] = json.loads(decrypt(request.session[KEY]))
    except (KeyError, UnreadableSecret):
        return {}
    age = now.timestamp() - told.get("at", 0)
    return told if age < LASTS.total_seconds() else {}


def keep(request: HttpRequest, now: datetime, **typed: Any) -> None:
    """Keeps this beside what was typed before."""
    told = {**read(request, now), **typed, "at": now.timestamp()}
    request.session[KEY] = encrypt(json.dumps(told))


def forget(request: HttpRequest) -> None:
    """Drops all of it: on a shared device, who comes next finds nothing."""
    request.session.pop(KEY, None)
