"""The home page: what this is and how to come in; signed-in people go to their work."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from clinic import policy
from clinic.actions import first_steps
from clinic.models import Clinic, Role
from clinic.web.context import THEMES

WORK = {Role.PHYSIOTHERAPIST: "admin:index", Role.FRONT_DESK: "desk", Role.MANAGER: "desk_numbers"}
"""Where each role's day begins; who holds several begins with the first of these."""


def home(request: HttpRequest) -> HttpResponse:
    """To one's work if signed in, a manager first to what is not set up yet; else the two doors."""
    if request.user.is_authenticated:
        roles = policy.reach(request.user).clinics
        if Role.MANAGER in roles and first_steps.is_first_run(by=request.user, now=timezone.now()):
            return redirect("admin:setup")
        return redirect(next((page for role, page in WORK.items() if role in roles), "portal"))
    clinics = Clinic.objects.filter(archived_at=None).order_by("name")
    return render(request, "site/home.html", {"clinics": clinics})


def icon(_request: HttpRequest) -> HttpResponse:
    """The product's mark, for browsers and feed readers that ask for it by the name of old."""
    return redirect(static("clinic/mark.svg"))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remembers light, dark or the system's own, in a cookie for a year."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=365 * 24 * 3600, samesite="Lax", secure=settings.HTTPS, httponly=True
        )
    return response
