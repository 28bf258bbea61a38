"""The library in the stock admin. Programs, revisions and logs are not there: they are read on the sheet."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clinic.templatetags.charts import pips
from clinic.templatetags.icons import icon
from clinic.web.admin_site import PolicyAdmin
from programs import wording
from programs.actions import stocking
from programs.models import Exercise, Template, TemplateItem
from programs.models.exercise import Benefit
from programs.rules.dosage import Dosage, OutOfBounds, sound_mapping, sound_ranges, to_mapping

HARDEST = 5
"""Of the scale of difficulty."""
DOSES = "reps", "hold_s", "duration_min", "distance_m"
"""The fields whose range says most about an exercise."""
FIRST = {"mode": "reps", "sets": 2, "reps": 10, "side": "none", "times_a_day": 1, "days_a_week": 7}
"""What the form of a new exercise shows as its starting dosage."""
UNITS = {"hold_s": " s", "duration_min": " min", "distance_m": " m"}


class Lines(SimpleArrayField):
    """Sentences, one a line: a comma belongs to its sentence."""

    def __init__(self, base_field: forms.Field, **options: Any) -> None:
        super().__init__(base_field, delimiter="\n", **options)
        self.widget = forms.Textarea(attrs={"rows": 5})
        self.help_text = self.help_text or _("One a line.")

    def to_python(self, value: Any) -> Any:
        """Without empty lines and carriage returns."""
        if isinstance(value, str):
            value = "\n".join(filter(None, map(str.strip, value.splitlines())))
        return super().to_python(value)


class ExerciseForm(forms.ModelForm[Exercise]):
    """An exercise; its starting dosage must be one that can be prescribed."""

    steps = Lines(forms.CharField(), label=_("Steps"))
    cautions = Lines(forms.CharField(), label=_("Watch for"), required=False)
    contraindications = Lines(forms.CharField(), label=_("Not for"), required=False)
    precautions = Lines(forms.CharField(), label=_("With care for"), required=False)
    benefits = forms.MultipleChoiceField(
        label=_("Benefits"), choices=Benefit.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Exercise
        fields = "__all__"  # noqa: DJ007 - the fieldsets name them
        widgets = {
            "starting": forms.Textarea(attrs={"rows": 6}),
            "recommended": forms.Textarea(attrs={"rows": 6}),
        }
        labels = {"slug": _("Name in addresses"), "retired_at": _("Retired since")}
        help_texts = {
            "difficulty": _("From 1, anybody, to 5, athletes."),
            "body_regions": _("With commas between."),
            "equipment": _("With commas between."),
            "starting": _("What a new prescription begins with, by the names of the dosage's fields."),
            "recommended": _(
                "For each field the lowest and highest number that needs no reason, and the source."
            ),
            "figure": _("The drawing of the library. Empty for none."),
            "retired_at": _("Empty while it is prescribed. Programs that have it keep it."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        told = self.initial.get("starting") or {}
        self.initial["starting"] = {
            name: value for name, value in told.items() if value is not None and value != ""
        }

    def clean_starting(self) -> Any:
        """A dosage of the exercise's own mode that the rules let pass."""
        dosage = _sound(self.cleaned_data["starting"])
        if dosage.mode != self.cleaned_data.get("mode", dosage.mode):
            raise forms.ValidationError(_("Give the starting dosage in the mode of the exercise."))
        return to_mapping(dosage)

    def clean_recommended(self) -> Any:
        """Ranges that the sheet can show."""
        told = self.cleaned_data["recommended"]
        try:
            return sound_ranges({} if told is None else told)
        except OutOfBounds as refusal:
            raise forms.ValidationError(refusal.message) from None


def _sound(told: object) -> Dosage:
    """The dosage, or what is wrong with it, beside its field."""
    try:
        return sound_mapping(told)
    except OutOfBounds as refusal:
        raise forms.ValidationError(refusal.message) from None


class RegionFilter(admin.SimpleListFilter):
    """By body region."""

    title = _("region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that the library has."""
        found = Exercise.objects.values_list("body_regions", flat=True)
        return [(each, each) for each in sorted({region for regions in found for region in regions})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The exercises of that region."""
        return queryset.filter(body_regions__contains=[self.value()]) if self.value() else queryset


class BenefitFilter(admin.SimpleListFilter):
    """By what it is for."""

    title = _("benefit")
    parameter_name = "benefit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All there are."""
        return [(each.value, str(each.label)) for each in Benefit]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The exercises with that benefit."""
        return queryset.filter(benefits__contains=[self.value()]) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    """Those in use unless one asks for the retired ones."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Beside those in use."""
        return [("retired", _("retired"))]

    def choices(self, changelist: Any) -> Any:
        """Named for what it shows: without a choice those in use."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("in use")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The exercises in that state."""
        return queryset.filter(retired_at__isnull=self.value() != "retired")


@admin.register(Exercise)
class ExerciseAdmin(PolicyAdmin):
    """Exercises. The drawn picture comes with the figure."""

    lead = _("What can be prescribed, with the range in which a dose needs no reason.")
    asks = _("Name, region or equipment")
    form = ExerciseForm
    list_display = ("figure_of", "name", "regions", "level", "doses")
    list_display_links = ("name",)
    list_filter = (RegionFilter, BenefitFilter, "difficulty", StateFilter)
    search_fields = ("name", "position", "body_regions", "equipment")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("drawing",)
    fieldsets = (
        (
            _("What it is"),
            {
                "fields": (
                    "name",
                    "slug",
                    "mode",
                    "difficulty",
                    "body_regions",
                    "equipment",
                    "benefits",
                    "drawing",
                )
            },
        ),
        (_("How it is done"), {"fields": ("position", "why", "steps", "cautions")}),
        (_("Dose"), {"fields": ("starting", "recommended")}),
        (_("Safety"), {"fields": ("contraindications", "precautions")}),
        (_("In the library"), {"fields": ("figure", "retired_at")}),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A dosage to begin from, so that its form can be seen."""
        return {"starting": FIRST, **super().get_changeform_initial_data(request)}

    @admin.display(description=_("picture"))
    def figure_of(self, row: Exercise) -> SafeString:
        """The picture in the list."""
        address = stocking.picture_url(row)
        if not address:
            return format_html('<span class="tile">{}</span>', icon("exercise"))
        return format_html(
            '<span class="tile"><img class="fig" src="{}" alt="" width="96" height="72" loading="lazy"></span>',
            address,
        )

    @admin.display(description=_("picture"))
    def drawing(self, row: Exercise) -> Any:
        """The picture on the page."""
        return self.figure_of(row) if row.picture else _("None yet: it is drawn from the figure.")

    @admin.display(description=_("regions"))
    def regions(self, row: Exercise) -> str:
        """The body regions in one line."""
        return ", ".join(row.body_regions)

    @admin.display(description=_("difficulty"), ordering="difficulty")
    def level(self, row: Exercise) -> SafeString:
        """As marks, and in words for who does not see them."""
        words = _("%(n)s of %(most)s") % {"n": row.difficulty, "most": HARDEST}
        return format_html('{}<span class="sr">{}</span>', pips(row.difficulty, HARDEST), words)

    @admin.display(description=_("usual dose"))
    def doses(self, row: Exercise) -> str:
        """The ranges that say most."""
        ranges = {name: row.recommended[name] for name in DOSES if name in row.recommended}
        return ", ".join(
            f"{wording.label(name)} {low}–{high}{UNITS.get(name, '')}"
            for name, (low, high, *_source) in ranges.items()
        )


class TemplateItemForm(forms.ModelForm[TemplateItem]):
    """An exercise of a template; its dosage must be one that can be prescribed."""

    class Meta:
        model = TemplateItem
        fields = ("exercise", "position", "dosage")
        help_texts = {"dosage": _("By the names of the dosage's fields.")}

    def clean_dosage(self) -> Any:
        """A dosage that any sheet can take."""
        return to_mapping(_sound(self.cleaned_data["dosage"]))


class TemplateItemInline(admin.TabularInline[TemplateItem, Template]):
    """The exercises of a template."""

    model = TemplateItem
    form = TemplateItemForm
    extra = 0
    ordering = ("position",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the template."""
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(Template)
class TemplateAdmin(PolicyAdmin):
    """Programs without a patient."""

    lead = _("Programs without a patient: applied on a sheet, then adjusted there.")
    asks = _("Name")
    list_display = ("name", "description", "source", "retired_at")
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (TemplateItemInline,)
