"""The API's way of saying no: problem details (RFC 9457), from refusals, from the framework, and from lost rows."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from clinic.rules.refusals import Kind, Refusal

MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.INVALID: status.HTTP_422_UNPROCESSABLE_ENTITY,
    Kind.CONFLICT: status.HTTP_409_CONFLICT,
    Kind.FORBIDDEN: status.HTTP_403_FORBIDDEN,
    Kind.MISSING: status.HTTP_404_NOT_FOUND,
    Kind.BUSY: status.HTTP_423_LOCKED,
    Kind.LIMITED: status.HTTP_429_TOO_MANY_REQUESTS,
}


def handler(fault: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None lets an unforeseen fault fly, to be answered 500 and seen."""
    set_rollback()
    if isinstance(fault, Refusal):
        return _refused(fault)
    if isinstance(fault, Http404):
        fault = exceptions.NotFound()
    if isinstance(fault, PermissionDenied):
        fault = exceptions.PermissionDenied()
    if isinstance(fault, exceptions.APIException):
        return _api_fault(fault)
    return None


def answer(status: int, title: str, detail: str, more: Mapping[str, object]) -> Response:
    """One problem document; `more` are its extension members."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _refused(refusal: Refusal) -> Response:
    more: dict[str, object] = {"code": refusal.code, **refusal.details}
    if refusal.field:
        more["errors"] = {refusal.field: [refusal.message]}
    return answer(STATUS[refusal.kind], refusal.code.replace("_", " "), refusal.message, more)


def _api_fault(fault: exceptions.APIException) -> Response:
    more: dict[str, object] = {}
    detail = str(fault.detail)
    if isinstance(fault, exceptions.ValidationError):
        more["errors"] = fault.detail
        detail = "Some fields cannot be read. Each one says what to send instead."
    more["code"] = fault.default_code
    response = answer(fault.status_code, str(type(fault).default_detail), detail, more)
    for header in ("auth_header", "wait"):
        value = getattr(fault, header, None)
        if value:
            response["WWW-Authenticate" if header == "auth_header" else "Retry-After"] = str(value)
    return response
