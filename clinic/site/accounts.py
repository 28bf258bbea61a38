"""Addresses of sign-in: those of allauth that this product uses, one by one, for whatever is routed is open to all.

An account's email is its owner's proof of who they are, and invitations go by it: nobody changes it here.
"""

from allauth.account import views
from allauth.account.forms import RequestLoginCodeForm
from django.http import HttpResponse
from django.urls import include, path, re_path
from django.utils import timezone
from django.views.generic import RedirectView

from clinic import policy
from clinic.actions import signing_in
from clinic.models import User


class CodeByMail(views.RequestLoginCodeView):  # type: ignore[misc]  # allauth has no types
    """Asks for a one-time code. For staff none is made: the page is the same, the mail says to use the password."""

    def form_valid(self, form: RequestLoginCodeForm) -> HttpResponse:
        """The page on which the code is typed, for whatever address; accounts are found by their own email alone."""
        user = User.objects.signing_in_as(form.cleaned_data["email"])
        staff = user is not None and policy.is_staff(user)
        if user and staff:
            signing_in.post_use_password(user=user, now=timezone.now())
        form._user = None if staff else user
        answer: HttpResponse = super().form_valid(form)
        return answer


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("login/code/", CodeByMail.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    # who has no password gets one as after a lost one: by a link to their address
    path(
        "password/set/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
