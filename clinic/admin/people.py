"""Who signs in, in which roles; who treats, and when."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clinic.actions import joining, scheduling
from clinic.admin.adding import FROM_SETUP, SetUpAdmin, is_from_setup
from clinic.admin.reading import ToRead, hours_list
from clinic.models import HoursException, Membership, Practitioner, User, WeeklyHours, Weeks
from clinic.web.admin_site import PolicyAdmin


class PractitionerForm(forms.ModelForm[Practitioner]):
    """A practitioner is called as their account is, unless somebody says otherwise."""

    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, help_text=_("Left empty, that of the account.")
    )

    class Meta:
        model = Practitioner
        fields = ("user", "name", "title", "clinics", "archived_at")

    def clean_name(self) -> str:
        """The name, or that of the account."""
        told: str = self.cleaned_data["name"]
        account = self.cleaned_data.get("user") or (
            None if self.instance._state.adding else self.instance.user
        )
        return told or (account.name if account else "")


@admin.register(Practitioner)
class PractitionerAdmin(SetUpAdmin):
    """Who treats, and when."""

    lead = _("Who treats, at which clinics, in which weekly hours.")
    asks = _("Name")
    list_display = ("name", "title", "user", "archived_at")
    list_select_related = ("user",)
    search_fields = ("name",)
    ordering = ("name",)
    form = PractitionerForm

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A diary stays its owner's; its hours are set on their sheet, from a day on."""
        return ("user", "week") if obj else ()

    @admin.display(description=_("Working hours"))
    def week(self, practitioner: Practitioner) -> str:
        """What holds today and later."""
        rows = scheduling.standing(practitioner=practitioner, on=timezone.localdate())
        return hours_list(
            (row.valid_from, row.valid_until, f"{row.clinic}: {_in_a_week(row)}") for row in rows
        )

    def response_post_save_add(self, request: HttpRequest, obj: Practitioner) -> HttpResponseRedirect:
        """Their hours come next: without them nobody is booked."""
        query = f"?{urlencode(FROM_SETUP)}" if is_from_setup(request) else ""
        return redirect(reverse("admin:hours", args=[obj.pk]) + query)

    def ask_again(self, request: HttpRequest, act: str, obj: Model) -> None:
        """Of somebody new alone: who lets a colleague go from the last clinic of theirs changed them before."""
        if act == "add":
            super().ask_again(request, act, obj)


def _in_a_week(row: WeeklyHours) -> str:
    words = f"{row.get_weekday_display()} {row.starts:%H:%M}-{row.ends:%H:%M}"
    return words if row.weeks == Weeks.EVERY else f"{words}, {row.get_weeks_display()}"


class AccountField(forms.ModelChoiceField[User]):
    """A colleague by their email, for whoever gives a role to somebody who works elsewhere.

    Of an address that nobody has and of a patient's it says the same: who has an account is nobody's to try out.
    """

    def __init__(self, by: User) -> None:
        super().__init__(
            joining.colleagues(by=by),
            to_field_name="email",
            label=_("Email of the person"),
            widget=forms.EmailInput,
            help_text=_("They work here or at another clinic already. Add anybody new under Staff."),
            error_messages={
                "invalid_choice": _(
                    "No colleague has this address. Add the person under Staff, with an address for work."
                )
            },
        )

    def to_python(self, value: Any) -> User | None:
        """The account, however its address is written."""
        found: User | None = super().to_python(value.strip().lower() if isinstance(value, str) else value)
        return found


@admin.register(Membership)
class MembershipAdmin(SetUpAdmin):
    """Who is what at which clinic."""

    lead = _("Who is what at which clinic: this decides what each person may see and do.")
    asks = _("Name or email")
    list_display = ("user", "role", "clinic")
    list_filter = ("role", "clinic")
    list_select_related = ("user", "clinic")
    search_fields = ("user__name", "user__email")
    ordering = ("clinic__name", "role", "user__name")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The person by email: a list of them would show who works elsewhere."""
        if db_field.name == "user":
            return AccountField(request.user)  # type: ignore[arg-type]
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """A role is taken from one and given to another, not moved."""
        return ("user",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """A new role is given by its action."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            joining.join(membership=obj, by=request.user)  # type: ignore[arg-type]


@admin.register(WeeklyHours)
class WeeklyHoursAdmin(ToRead):
    """Working hours, to read: they are set from a day on, so that who worked when stays as it was."""

    lead = _(
        "When each practitioner works. A change holds from a day on: make it on the practitioner's sheet."
    )
    list_display = (
        "practitioner",
        "clinic",
        "weekday",
        "starts",
        "ends",
        "weeks",
        "valid_from",
        "valid_until",
    )
    list_filter = ("clinic",)
    list_select_related = ("practitioner", "clinic")
    ordering = ("practitioner__name", "weekday", "starts")

    def sheet(self, row: WeeklyHours) -> str:
        """That of the practitioner."""
        return reverse("admin:hours", args=[row.practitioner_id])


@admin.register(HoursException)
class HoursExceptionAdmin(ToRead):
    """Leave, sick days, extra hours and closures, to read: they are entered under the desk, with their bookings.

    Times typed here would be read in no clinic's zone; what was wrong is taken back and entered anew.
    """

    lead = _(
        "Leave, sick days, extra hours and closures. They are entered under Leave, with the bookings they meet."
    )
    list_display = ("kind", "practitioner", "clinic", "start", "end", "reason")
    list_filter = ("kind",)
    list_select_related = ("practitioner", "clinic")
    ordering = ("-start",)


@admin.register(User)
class UserAdmin(PolicyAdmin):
    """The staff of a manager's clinics. A password is set by its owner, through a link, never here."""

    lead = _("The accounts of your clinics' staff. Everybody sets their own password by a link.")
    asks = _("Name or email")
    list_display = ("name", "email", "roles", "is_active", "last_login")
    search_fields = ("name", "email")
    ordering = ("name", "email")
    fields = ("name", "email", "language", "is_active", "roles", "last_login")
    readonly_fields = (
        "email",
        "roles",
        "last_login",
    )  # the email proves who somebody is: another is another account
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With their roles."""
        return super().get_queryset(request).prefetch_related("memberships__clinic")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The language is a wish: mails and pages are in English where the product does not speak it yet."""
        if db_field.name == "language":
            words = [("", _("the browser's own")), *settings.LANGUAGE_WISHES]
            return forms.ChoiceField(label=_("Language"), choices=words, required=False)
        return super().formfield_for_dbfield(db_field, request, **options)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Somebody new is invited on a sheet of its own, with their roles."""
        return redirect("admin:staff_new")

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        """Each role with its clinic."""
        held = user.memberships.all()
        return ", ".join(f"{each.get_role_display()} ({each.clinic})" for each in held)
