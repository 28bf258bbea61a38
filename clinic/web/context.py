"""What the bases of all pages need: the organisation, the person, their navigation, the theme."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from clinic import policy
from clinic.models import Organisation, Role
from clinic.web import navigation

THEMES = ("", "light", "dark")


@dataclass(frozen=True)
class Who:
    """The signed-in person, as the top bar shows them."""

    name: str
    role: str


def furniture(request: HttpRequest) -> dict[str, object]:
    """Context of every page. Lazy: a page that shows no name asks for none."""
    theme = request.COOKIES.get("theme", "")
    return {
        "organisation": SimpleLazyObject(organisation_name),
        "who": SimpleLazyObject(lambda: _who(request)),
        "nav": SimpleLazyObject(lambda: navigation.of(request)),
        "theme": theme if theme in THEMES else "",
        "demo": settings.DEMO,
    }


def organisation_name() -> str:
    """The name on every page and mail; a plain word until a manager has given one."""
    row = Organisation.objects.only("name").first()
    return row.name if row else "Spine Clinic"


def _who(request: HttpRequest) -> Who | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    roles = [Role(role).label for role in policy.reach(user).clinics]
    return Who(name=user.get_full_name() or user.email, role=", ".join(map(str, roles)) or str(_("patient")))
