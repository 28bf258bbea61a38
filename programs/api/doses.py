"""How the schema of the API names a dosage: every field with its type and hard bounds, as the rules have them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from rest_framework import serializers

from clinic.web.api import Day
from programs.models.exercise import MODES
from programs.models.revision import LOAD_UNITS, SIDES
from programs.rules.dosage import FIELDS, Dosage, FieldRule, LoadUnit, Mode, Side

CHOICES: dict[type[StrEnum], Any] = {Mode: MODES, Side: SIDES, LoadUnit: LOAD_UNITS}
"""With the words of the models, so that the schema has one list of each."""
HINTS = get_type_hints(Dosage)


class DosageIn(serializers.Serializer[Any]):
    """A dosage by its fields; one that is left out is not used. Which of them fit together follows from the mode."""

    def get_fields(self) -> dict[str, Any]:
        """Those of the rules."""
        return fields() | {"mode": _Shape.of(FIELDS["mode"]).field(required=True)}


class DosageOut(DosageIn):
    """A dosage by its fields, and in words."""

    def get_fields(self) -> dict[str, Any]:
        """The words come last."""
        return {**super().get_fields(), "words": serializers.CharField()}


def fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """A field of the API for each of a dosage, none of them required."""
    return {name: _Shape.of(rule).field() for name, rule in FIELDS.items()}


@dataclass(frozen=True)
class _Shape:
    """A field of a dosage: its rule, its type without None, and whether it may be None."""

    rule: FieldRule
    kind: Any
    allow_null: bool

    @classmethod
    def of(cls, rule: FieldRule) -> "_Shape":
        """As the dosage itself declares it."""
        hint = HINTS[rule.name]
        kinds = (hint,) if isinstance(hint, type) else get_args(hint)
        return cls(rule, next(kind for kind in kinds if kind is not NoneType), NoneType in kinds)

    def field(self, *, required: bool = False) -> serializers.Field[Any, Any, Any, Any]:
        """The field of the API."""
        told: dict[str, Any] = {
            "required": required,
            "allow_null": self.allow_null,
            "help_text": self._about,
        }
        if get_origin(self.kind) is tuple:
            return serializers.ListField(
                child=serializers.IntegerField(**self._range), **told, **self._length
            )
        if issubclass(self.kind, StrEnum):
            return serializers.ChoiceField(choices=CHOICES[self.kind], **told)
        if self.kind is int:
            return serializers.IntegerField(**told, **self._range)
        if self.kind is Decimal:
            return serializers.DecimalField(**told, **self._digits, **self._range)
        if self.kind is date:
            return Day(**told)
        return serializers.CharField(max_length=self.rule.highest, allow_blank=True, **told)

    @property
    def _range(self) -> dict[str, Any]:
        return dict(zip(("min_value", "max_value"), self.rule.hard or (), strict=False))

    @property
    def _length(self) -> dict[str, Any]:
        numbers = get_args(self.kind)
        return {} if Ellipsis in numbers else {"min_length": len(numbers), "max_length": len(numbers)}

    @property
    def _digits(self) -> dict[str, Any]:
        places = -int(self.rule.step.as_tuple().exponent)
        return {"max_digits": len(str(self.rule.highest)) + places, "decimal_places": places}

    @property
    def _about(self) -> str:
        """What the field holds, its unit, and in which modes it is used where that is not in all."""
        is_counted = self.rule.unit and self.kind not in {str, date}
        what = f"{self.rule.label} ({self.rule.unit})" if is_counted else self.rule.label
        modes = ", ".join(mode for mode in Mode if mode in self.rule.allowed)
        return what if self.rule.allowed == frozenset(Mode) else f"{what}; mode {modes}"
