"""Records that a manager sets up one after the other: short forms for what is new, and the way back to the steps."""

from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, ManyToManyField, Model
from django.forms import CheckboxSelectMultiple, ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponseRedirect
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
        if field is not None and db_field.related_model is Clinic and (only := _the_only_one(field)):
            field.initial = only
        return field

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **options: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        """Boxes to tick; a manager's only clinic is ticked already."""
        options["widget"] = CheckboxSelectMultiple
        field = super().formfield_for_manytomany(db_field, request, **options)
        return None if field is None else _boxes(field, db_field.related_model)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Back to the set-up list, if that led here."""
        return (
            redirect("admin:setup")
            if is_from_setup(request)
            else super().response_post_save_add(request, obj)
        )


def _boxes(field: ModelMultipleChoiceField[Any], model: Any) -> ModelMultipleChoiceField[Any]:
    """The field without the hint that belongs to a list; rooms of two clinics may have one name."""
    field.help_text = ""
    if model is Room and field.queryset is not None:
        field.queryset = field.queryset.select_related("clinic").order_by("clinic__name", "name")
        vars(field)["label_from_instance"] = lambda room: f"{room.name}, {room.clinic.name}"
    if model is Clinic and (only := _the_only_one(field)):
        field.initial = [only]
    return field


def _the_only_one(field: ModelChoiceField[Any]) -> UUID | None:
    """The key of the only choice, where there is one and no more."""
    found = list(field.queryset[:2]) if field.queryset is not None else []
    return found[0].pk if len(found) == 1 else None
