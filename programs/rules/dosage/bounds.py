"""Owns the bounds of every dosage field as data: unit, hard and soft range, source of the number, modes.

Sources named in `basis`:
ACSM: figures of the American College of Sports Medicine as tabulated in PMC11294170.
Trial: protocol in Trials 2021, s13063-021-05952-9, table 2.
CERT: what a program must state, BJSM 50/23/1428.
Article: the text this product started from.
Own: a proposal of this project, to be reviewed by clinicians.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from programs.rules.dosage.value import Mode

Range = tuple[int, int]

EVERY_MODE = frozenset(Mode)
REPEATED = frozenset({Mode.REPS, Mode.REPS_HOLD})
HELD = frozenset({Mode.HOLD, Mode.REPS_HOLD})
IN_SETS = REPEATED | HELD
TIMED = frozenset({Mode.DURATION})
MEASURED = frozenset({Mode.DISTANCE})
LOADED = IN_SETS | MEASURED  # a carry is a distance with a weight
NO_MODE: frozenset[Mode] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldRule:
    """What one field may hold.

    `hard` is refused outside, both ends allowed; `soft` needs a reason outside. For a text the range is its
    length, for `ends_on` the days since `starts_on`. `step` is the smallest difference. A field is None in
    modes that are not in `allowed`, and never None in those in `required`.
    """

    name: str
    label: str
    basis: str
    unit: str = ""
    hard: Range | None = None
    soft: Range | None = None
    step: Decimal = Decimal(1)
    allowed: frozenset[Mode] = EVERY_MODE
    required: frozenset[Mode] = NO_MODE

    @property
    def highest(self) -> int | None:
        """The upper end of the hard range."""
        return self.hard[1] if self.hard else None

    def admits(self, number: int | Decimal) -> bool:
        """Whether a number lies within the hard range; no number that is not finite does."""
        if isinstance(number, Decimal) and not number.is_finite():
            return False
        return self.hard is None or self.hard[0] <= number <= self.hard[1]


_RULES = (
    FieldRule(name="mode", label="mode", basis="decides which fields apply", required=EVERY_MODE),
    FieldRule(
        name="sets", label="sets", hard=(1, 10), soft=(1, 5), required=IN_SETS, basis="ACSM: 2 to 4 sets"
    ),
    FieldRule(
        name="reps",
        label="repetitions",
        hard=(1, 100),
        soft=(1, 30),
        allowed=REPEATED,
        required=REPEATED,
        basis="ACSM: 8 to 12 for strength, 15 to 20 for endurance",
    ),
    FieldRule(
        name="reps_max",
        label="most repetitions",
        hard=(1, 100),
        soft=(1, 30),
        allowed=REPEATED,
        basis="ACSM: 8 to 12 for strength, 15 to 20 for endurance",
    ),
    FieldRule(
        name="reps_per_set",
        label="repetitions of each set",
        hard=(1, 100),
        soft=(1, 30),
        allowed=REPEATED,
        basis="curl-up after McGill: 5-3-1, a descending pyramid",
    ),
    FieldRule(
        name="hold_s",
        label="hold",
        unit="s",
        hard=(0, 300),
        soft=(0, 60),
        allowed=HELD,
        required=HELD,
        basis="Trial: 5 to 10 s; curl-up 8 to 10 s; ACSM stretch 10 to 30 s, older adults 30 to 60 s",
    ),
    FieldRule(
        name="rest_s",
        label="rest",
        unit="s",
        hard=(0, 600),
        soft=(0, 180),
        basis="curl-up after McGill: 30 s",
    ),
    FieldRule(
        name="tempo",
        label="tempo",
        unit="s",
        hard=(0, 20),
        allowed=REPEATED,
        basis="field practice: lower, pause, lift, pause",
    ),
    FieldRule(
        name="duration_min",
        label="duration",
        unit="min",
        hard=(1, 180),
        soft=(1, 60),
        allowed=TIMED,
        required=TIMED,
        basis="Article: 30 to 40 min; ACSM starts at 10 min, up to 30 to 60",
    ),
    FieldRule(
        name="duration_max_min",
        label="longest duration",
        unit="min",
        hard=(1, 180),
        soft=(1, 60),
        allowed=TIMED,
        basis="Article: 30 to 40 min; ACSM up to 30 to 60",
    ),
    FieldRule(
        name="distance_m",
        label="distance",
        unit="m",
        hard=(1, 50_000),
        allowed=MEASURED,
        required=MEASURED,
        basis="Own",
    ),
    FieldRule(
        name="side",
        label="side",
        basis="repetitions count per side in both and alternate",
        required=EVERY_MODE,
    ),
    FieldRule(
        name="times_a_day",
        label="times a day",
        hard=(1, 6),
        soft=(1, 3),
        required=EVERY_MODE,
        basis="home-program practice",
    ),
    FieldRule(
        name="days_a_week",
        label="days a week",
        hard=(1, 7),
        basis="ACSM: 2 to 3 days for stretching, daily is common",
    ),
    FieldRule(
        name="weekdays",
        label="weekdays (Monday is 0)",
        hard=(0, 6),
        basis="stands instead of days a week; Monday is 0",
    ),
    FieldRule(name="load", label="load", hard=(0, 500), step=Decimal("0.01"), allowed=LOADED, basis="Own"),
    FieldRule(name="load_unit", label="unit of the load", allowed=LOADED, basis="Own"),
    FieldRule(
        name="band_colour",
        label="colour of the band",
        unit="characters",
        hard=(0, 30),
        allowed=LOADED,
        basis="Own",
    ),
    FieldRule(
        name="effort_target",
        label="effort",
        unit="of 10",
        hard=(0, 10),
        soft=(0, 8),
        step=Decimal("0.5"),
        basis="0 to 10 in halves, own wording (the Borg scales are licensed)",
    ),
    FieldRule(
        name="heart_rate_min",
        label="lowest heart rate",
        unit="beats a minute",
        hard=(30, 230),
        soft=(30, 180),
        allowed=TIMED | MEASURED,
        basis="Own",
    ),
    FieldRule(
        name="heart_rate_max",
        label="highest heart rate",
        unit="beats a minute",
        hard=(30, 230),
        soft=(30, 180),
        allowed=TIMED | MEASURED,
        basis="Own",
    ),
    FieldRule(
        name="pain_ceiling",
        label="pain limit",
        unit="of 10",
        hard=(0, 10),
        soft=(0, 5),
        basis="leaflets: 0 to 3 go on, 4 to 5 tolerable if settled within 24 h, 6 and more change",
    ),
    FieldRule(name="starts_on", label="start", basis="CERT: a program states its length"),
    FieldRule(
        name="ends_on",
        label="end",
        unit="days",
        hard=(0, 365),
        soft=(0, 120),
        basis="CERT for a length, Own for 120",
    ),
    FieldRule(
        name="note_to_patient", label="note to the patient", unit="characters", hard=(0, 2000), basis="Own"
    ),
)
FIELDS: Mapping[str, FieldRule] = MappingProxyType({rule.name: rule for rule in _RULES})
"""Every field of a dosage by its name, in canonical order."""
