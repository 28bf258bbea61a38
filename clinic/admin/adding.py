"""Records that a manager sets up one after the other: short forms for what is new, and the way back to the steps."""

from typing import Any

from django.db.models import ForeignKey, ManyToManyField, Model
from django.forms import CheckboxSelectMultiple, ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinic.models import Clinic, Room
from clinic.web.admin_site import PolicyAdmin

FROM_SETUP = {"from": "setup"}
"""What an address carries along that the set-up list leads to, so that saving leads back there."""


def is_from_setup(request: HttpRequest) -> bool:
    """Whether the set-up list led here."""
    return request.GET.get("from") == FROM_SETUP["from"]


class SetUpAdmin(PolicyAdmin):
    """What is new is not archived, belongs to the only clinic where there is one, and is linked by ticking boxes."""

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Nothing new is archived."""
        return super().get_exclude(request, obj) if obj else ("archived_at",)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> ModelChoiceField[Any] | None:
        """A manager's only clinic is chosen already."""
        field = super().formfield_for_foreignkey(db_field, request, **options)
        return _with_the_only_one(field) if db_field.related_model is Clinic else field

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        """Boxes to tick; a manager's only clinic is ticked already."""
        options["widget"] = CheckboxSelectMultiple
        field = super().formfield_for_manytomany(db_field, request, **options)
        if field is None:
            return None
        field.help_text = ""
        if db_field.related_model is Room:  # rooms of two clinics may have one name
            field.queryset = field.queryset.select_related("clinic").order_by("clinic__name", "name")
            field.label_from_instance = lambda room: f"{room.name}, {room.clinic.name}"  # type: ignore[method-assign]
        return _with_the_only_one(field, several=True) if db_field.related_model is Clinic else field

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponse:
        """Back to the set-up list, if that led here."""
        return (
            redirect("admin:setup")
            if is_from_setup(request)
            else super().response_post_save_add(request, obj)
        )


def _with_the_only_one(field: Any, several: bool = False) -> Any:
    """The field with its only choice as what it holds at first."""
    if field is not None and len(found := list(field.queryset[:2])) == 1:
        field.initial = [found[0].pk] if several else found[0].pk
    return field
