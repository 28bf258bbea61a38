"""Django's admin with our rights and our base: policy instead of permissions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import (
    DateField,
    DateTimeField,
    ForeignKey,
    ManyToManyField,
    Model,
    Q,
    QuerySet,
    TextField,
    TimeField,
)
from django.forms import ModelChoiceField, ModelMultipleChoiceField, SplitDateTimeField, Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import policy
from clinic.models import Clinic, OpeningHours
from clinic.web.fields import DayWidget, HourWidget, MomentWidget

View = Callable[..., HttpResponse]


class ClinicAdminSite(admin.AdminSite):
    """The admin for staff. Sign-in, sign-out and passwords are those of the whole product."""

    site_header = site_title = "Spine Clinic"
    index_title = "All records"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[URLPattern] = []
        self._opening: tuple[str, str, type[Model]] | None = None

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Takes models whose admin asks our policy; others ask for permissions that nobody has."""
        if admin_class is not None and issubclass(admin_class, PolicyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def add_page(self, route: str, view: View, name: str) -> None:
        """Put a page of an app under /admin/. The view guards itself by policy, as every door does."""
        self._pages.append(path(route, view, name=name))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The view of a record, for staff, on the clock of their first clinic."""
        return super().admin_view(_on_own_clock(view), cacheable)

    def open_on(self, url_name: str, act: str, model: type[Model]) -> None:
        """The page on which /admin/ opens for who has the act to some row of the model."""
        self._opening = (url_name, act, model)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The apps' pages, then those of the records. Sign-in and sign-out lead to the product's own."""
        return [
            *self._pages,
            path("records/", self.admin_view(self.records), name="records"),
            # "r/" leads to a row's page on the public site, by a number of any table: there are no such pages here
            *(each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """The opening page of who has one, else the index of records."""
        if self._opening:
            url_name, act, model = self._opening
            if policy.can(request.user, act, model):
                return redirect(url_name)
        return self.records(request, extra_context)

    def records(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Every kind of record that the user may see."""
        sets_up = policy.can(request.user, "change", OpeningHours)
        return super().index(request, {"sets_up": sets_up, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The kinds of records by app. An app's own heading leads to them all: its address may be a page of another."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            for each in app["models"]:
                each["lead"] = getattr(self._registry[each["model"]], "lead", "")
        return [{**app, "app_url": reverse("admin:records")} for app in apps]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The product's own sign-in; staff of no clinic who are signed in go home."""
        if request.user.is_authenticated:
            return redirect("home")
        return redirect_to_login(request.get_full_path())

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        """The product's own sign-out."""
        return redirect("account_logout")

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff of some clinic."""
        return bool(request.user.is_authenticated and policy.is_staff(request.user))


class PolicyFields(admin.options.BaseModelAdmin[Any]):
    """Fields that name other rows offer only those that the user reaches; days and times are the browser's own."""

    formfield_overrides = {
        DateTimeField: {"form_class": SplitDateTimeField, "widget": MomentWidget},
        DateField: {"widget": DayWidget},
        TimeField: {"widget": HourWidget},
        TextField: {"widget": Textarea(attrs={"rows": 3})},
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Without the small links to other forms: each kind of record is reached by its own list."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> ModelChoiceField[Any] | None:
        """Clinics to which one may change something, and what else one may see."""
        model = db_field.related_model
        options["queryset"] = policy.visible(
            request.user,  # type: ignore[arg-type]
            model,
            "change" if model is Clinic else "view",
        )
        return super().formfield_for_foreignkey(db_field, request, **options)


def _on_own_clock(view: View) -> View:
    """Times are shown and read in the zone of the first of the user's clinics; the thread's next request keeps UTC."""

    @wraps(view)
    def on_the_clock(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = policy.reach(request.user).anywhere  # type: ignore[arg-type]
        clinic = Clinic.objects.filter(pk__in=own).order_by("name").first()
        with timezone.override(clinic.zone if clinic else None):
            answer = view(request, *args, **kwargs)
            if isinstance(answer, SimpleTemplateResponse):
                answer.render()  # it would be drawn later, on another clock
            return answer

    return on_the_clock


class PolicyAdmin(PolicyFields, admin.ModelAdmin[Any]):
    """A model's pages in the admin, gated by its policy table: rows, and the acts add, change, delete.

    What was saved is asked about as it stands then, inside the page's transaction: a refusal leaves nothing behind.
    """

    lead: Any = ""
    """What these records are, in one sentence over their list."""
    asks: Any = gettext_lazy("Search")
    """What the search looks for."""
    empty_value_display = "–"
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may see."""
        rows = policy.visible(request.user, self.model)  # type: ignore[arg-type]
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the app stands in the index."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "view"."""
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the table's "add"."""
        return self._may(request, "add", None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "change"."""
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "delete"."""
        return self._may(request, "delete", obj)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        """The rows that one may change, and those that are linked already."""
        model = db_field.related_model
        mine = policy.visible(request.user, model, "change")  # type: ignore[arg-type]
        here = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        linked = (
            self.model._default_manager.filter(pk=unquote(here))
            if here
            else self.model._default_manager.none()
        )
        options["queryset"] = model._default_manager.filter(
            Q(pk__in=mine.values("pk")) | Q(pk__in=linked.values(db_field.name))
        )
        return super().formfield_for_manytomany(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves the row, which must be one that the user may add or change."""
        super().save_model(request, obj, form, change)
        self._ask(request, "change" if change else "add", obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Saves the links, of which only those to rows that the user may change may differ."""
        for name in form.changed_data:
            if self.opts.get_field(name).many_to_many:
                before, after = set(form.initial.get(name, ())), set(form.cleaned_data[name])
                for linked in before ^ after:
                    self._ask(request, "change", linked)
        super().save_related(request, form, formsets, change)
        self.ask_again(request, "change" if change else "add", form.instance)

    def ask_again(self, request: HttpRequest, act: str, obj: Model) -> None:
        """Asks about the row once more when its links are saved, for they may decide whose it is."""
        self._ask(request, act, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Saves the rows below, each of which must be one that the user may add, change or delete."""
        for each in formset.deleted_forms:
            if not each.instance._state.adding:
                self._ask(request, "delete", each.instance)
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            self._ask(request, "add", row)
        for row, _fields in formset.changed_objects:
            self._ask(request, "change", row)

    def _ask(self, request: HttpRequest, act: str, obj: Model) -> None:
        if not policy.may(request.user, act, obj):  # type: ignore[arg-type]
            raise PermissionDenied(_("Your role does not include this. Ask a colleague who may."))

    def _may(self, request: HttpRequest, act: str, obj: Model | None) -> bool:
        user = request.user
        if not user.is_authenticated:
            return False
        return policy.can(user, act, self.model) if obj is None else policy.may(user, act, obj)


class Inline(PolicyFields, admin.TabularInline[Any, Any]):
    """Rows that are set on the page of what they belong to, by the rights to themselves."""

    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may change; for who may change none, those to be seen."""
        act = "change" if self._may(request, "change") else "view"
        mine = policy.visible(request.user, self.model, act)  # type: ignore[arg-type]
        return super().get_queryset(request).filter(pk__in=mine.values("pk"))

    def _may(self, request: HttpRequest, act: str) -> bool:
        user = request.user
        return user.is_authenticated and policy.can(user, act, self.model)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "view"."""
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "add"."""
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "change"."""
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """By the table's "delete"."""
        return self._may(request, "delete")
