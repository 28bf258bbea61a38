"""Whether the product lives, whether it can work, and its numbers for a monitoring system."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from clinic.actions.queueing import LATE
from clinic.models import OutboxMessage, State


def healthz(_request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """Database, broker, and the oldest message that is due: 200 when all are well, else 503 with what is not."""
    parts = {"database": _database(), "broker": _broker()}
    parts["messages"] = _messages() if parts["database"] == "ok" else "unknown"
    well = all(state == "ok" for state in parts.values())
    return JsonResponse(parts, status=200 if well else 503)


def metrics(_request: HttpRequest) -> HttpResponse:
    """Prometheus text: messages by state, and the age of the oldest due one in seconds."""
    due = OutboxMessage.objects.sendable(timezone.now())
    oldest = due.values_list("due_at", flat=True).first()
    age = max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0
    lines = [
        "# TYPE clinic_messages_due gauge",
        f"clinic_messages_due {due.count()}",
        "# TYPE clinic_oldest_due_message_seconds gauge",
        f"clinic_oldest_due_message_seconds {age:.0f}",
        "# TYPE clinic_messages_failed gauge",
        f"clinic_messages_failed {OutboxMessage.objects.filter(state=State.FAILED).count()}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as fault:
        return type(fault).__name__
    return "ok"


def _broker() -> str:
    try:
        Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except RedisError as fault:
        return type(fault).__name__
    return "ok"


def _messages() -> str:
    late = OutboxMessage.objects.sendable(timezone.now()).filter(due_at__lt=timezone.now() - LATE)
    return "late" if late.exists() else "ok"
