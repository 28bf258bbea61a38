"""The page behind an invitation: it says who invites, and sends a one-time code. Opening it changes nothing."""

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic import policy
from clinic.rules.refusals import Refusal
from patients.actions import inviting


def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who invites; POST sends a code to the invited address and asks for it."""
    try:
        access = inviting.invited(token=token, now=timezone.now())
    except Refusal as refusal:
        return render(request, "portal/link_invalid.html", {"message": refusal.message}, status=404)
    if request.user == access.user:
        return redirect("portal")
    if request.method == "POST":
        if policy.is_staff(access.user):
            return redirect("account_login")
        LoginCodeVerificationProcess.initiate(request=request, user=access.user, email=access.user.email)
        return redirect("account_confirm_login_code")
    return render(request, "portal/welcome.html", {"access": access, "patient": access.patient})
