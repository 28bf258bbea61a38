"""What a measurement was asked for, and what every scenario may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measuring import Measured
from bench.worlds import SIZES, Sizes

SECONDS = {"small": 2.0, "full": 4.0}
"""How long each measurement lasts at one connection, and again at eight."""
SEEDS, OPERATIONS = {"small": 1, "full": 5}, {"small": 800, "full": 21_000}
"""Of the proofs: so many plays of chance, and so many operations in all of them."""
MODEL_STEPS = {"small": 600, "full": 50_000}
"""Of the proofs' model."""
VISITS = {"small": 2_000, "full": 100_000}
"""Of the clocks."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`rounds` are those of the race. The proofs' operations and steps are those of the size, where none are wanted.

    With `queries` the dearest statements are shown, too.
    """

    size: str = "small"
    rounds: int = 20
    without_guard: bool = False
    queries: bool = False
    wanted_operations: int | None = None
    wanted_steps: int | None = None

    @property
    def sizes(self) -> Sizes:
        """The two clinics."""
        return SIZES[self.size]

    @property
    def seeds(self) -> int:
        """How many plays of chance."""
        return SEEDS[self.size]

    @property
    def operations(self) -> int:
        """How many operations race, in all plays together."""
        return OPERATIONS[self.size] if self.wanted_operations is None else self.wanted_operations

    @property
    def model_steps(self) -> int:
        """At least so many steps of the model."""
        return MODEL_STEPS[self.size] if self.wanted_steps is None else self.wanted_steps

    @property
    def seconds(self) -> float:
        """The length of a measurement."""
        return SECONDS[self.size]

    def tell(self, what: str, measured: Measured) -> None:
        """Shows the dearest statements, where they were asked for."""
        if not self.queries:
            return
        count = sum(measured.statuses.values())
        print(f"\n{what}: {count} answers, {dict(measured.statuses)}, the dearest statements:")
        for each in measured.dearest:
            print(f"  {each.ms:8.3f} ms  {each.calls:6} ×  {_short(each.text)}")


def thousands(number: int) -> str:
    """A number of rows as it stands in a name: 10,000."""
    return f"{number:,}"


def _short(text: str) -> str:
    """A statement without the columns that it lists."""
    head, _from, tail = text.partition(" FROM ")
    listed: Sequence[str] = head.split(", ")
    shown = head if len(listed) < 4 else f"{listed[0]}, … ({len(listed)})"
    return f"{shown}{_from}{tail}"[:260]
