"""How a test comes in: as a person with a browser, or as a program with a bearer token; and how it reads refusals."""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.actions import signing_in
from clinic.models import OutboxMessage, User
from clinic.web.problems import MEDIA_TYPE


def browser(user: User | None = None) -> Client:
    """A browser in which the user is signed in, staff with their second factor; without a user nobody is."""
    client = Client()
    if user is not None:
        client.force_login(user)
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa"}]
        session.save()
    return client


def api(user: User | None = None, now: datetime | None = None) -> APIClient:
    """A program that calls the API with a token of the user; without a user it sends none."""
    client = APIClient()
    if user is not None:
        token = signing_in.issue_token(user=user, now=now or timezone.now())
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem document of a refusal, after checking that it is one and has this status."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    assert answer["Content-Type"] == MEDIA_TYPE
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def told(kind: str) -> list[OutboxMessage]:
    """The messages of a kind that were put into the outbox, in their order."""
    return list(OutboxMessage.objects.filter(kind=kind).order_by("id"))
