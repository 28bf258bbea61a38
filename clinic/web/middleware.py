"""What every request passes: who is written into history, nothing kept by caches, a second factor for staff."""

from collections.abc import Callable
from functools import cache

import pghistory
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from clinic import policy
from clinic.models.row import new_id

Answer = Callable[[HttpRequest], HttpResponse]
WITHOUT_SECOND_FACTOR = (
    *("mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate"),
    *("account_logout", "theme", "icon", "healthz", "readyz"),
)
"""What setting up a second factor needs, the way out, and what everybody may."""
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def history(get_response: Answer) -> Answer:
    """Gives the request an id, sent back as `X-Request-ID`, and names it in the history of every row that it changes.

    With the id stand the user and the route. Not the address: that may hold a token. Whoever comes with a bearer token
    is known only later, and named by the API's door.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = str(new_id())
        if request.method in CHANGING:
            user = str(request.user.pk) if request.user.is_authenticated else ""
            with pghistory.context(user=user, route=_route(request), request=request_id):
                response = get_response(request)
        else:
            response = get_response(request)
        response["X-Request-ID"] = request_id
        return response

    return middleware


def no_store(get_response: Answer) -> Answer:
    """Keeps pages of signed-in people out of every cache, so that "back" after sign-out shows nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def second_factor(get_response: Answer) -> Answer:
    """Staff without a second factor reach only its set-up, sign-out and static files (docs/adr/009)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or _is_open(request.path) or _signed_in_with_it(request):
            return get_response(request)
        if policy.is_staff(user) and not is_mfa_enabled(user):
            return redirect(reverse("mfa_activate_totp"))
        return get_response(request)

    return middleware


def _route(request: HttpRequest) -> str:
    """The pattern that the address fits, such as `api/v1/patients/<uuid:pk>/`; empty where none does."""
    try:
        return resolve(request.path_info).route
    except Resolver404:
        return ""


def _signed_in_with_it(request: HttpRequest) -> bool:
    """Whether this session's sign-in used a second factor; saves the queries for the roles and for one."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return any(method.get("method") == "mfa" for method in methods)


def _is_open(path: str) -> bool:
    return path in _open_pages() or path.startswith(settings.STATIC_URL)


@cache
def _open_pages() -> frozenset[str]:
    return frozenset(reverse(name) for name in WITHOUT_SECOND_FACTOR)
