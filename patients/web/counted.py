"""Owns how a manager's numbers are shown: the tables, which are files as well, and the charts above them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.web.plots import Plot, Series
from clinic.web.tables import Bar, Column, Table, Value
from patients.actions.counting import Numbers, Person, Step
from patients.rules.counts import Totals


@dataclass(frozen=True, kw_only=True)
class Part:
    """A chart with its table; the chart of who treats is in its table."""

    table: Table
    plot: Plot | None = None
    is_empty: bool = False


def parts(numbers: Numbers) -> list[Part]:
    """What the page shows, in order; new patients are a clinic's, so nobody who treats has any."""
    found = [_visits(numbers), _use(numbers), _leads(numbers), _people(numbers)]
    return found if numbers.practitioner else [*found[:3], _new_patients(numbers), found[3]]


def _visits(numbers: Numbers) -> Part:
    columns = [
        Column(_("Visits")), Column(_("Completed")), Column(_("Cancelled")), Column(_("of these late")),
        Column(_("No-shows")), Column(_("No-show rate (%)")), Column(_("Cancellation rate (%)")),
    ]  # fmt: skip

    def row(totals: Totals) -> list[Value]:
        tally = totals.visits
        return [
            tally.booked, tally.completed, tally.cancelled, tally.late, tally.no_shows, tally.no_show_rate,
            tally.cancellation_rate,
        ]  # fmt: skip

    stacks = [
        _series("", numbers, lambda each: each.visits.booked - each.visits.no_shows),
        _series("bad", numbers, lambda each: each.visits.no_shows),
        _series("gone", numbers, lambda each: each.visits.cancelled),
    ]
    table = _by_step(numbers, "visits", _("Visits"), columns, row)
    words = _("Visits, no-shows and cancelled visits; the table below holds the same.")
    return _part(table, Plot(words=words, labels=_labels(numbers), stacks=stacks))


def _use(numbers: Numbers) -> Part:
    columns = [
        Column(_("Utilisation (%)")), Column(_("Taken (hours)")), Column(_("Open (hours)")),
        Column(_("Taken outside hours")),
    ]  # fmt: skip

    def row(totals: Totals) -> list[Value]:
        use = totals.use
        return [use.percent, *map(_hours, (use.inside, use.open, use.outside))]

    table = _by_step(numbers, "utilisation", _("How full the diaries are"), columns, row)
    stacks = [_series("", numbers, lambda each: each.use.percent)]
    words = _("Utilisation in percent; the table below holds the same.")
    plot = Plot(words=words, labels=_labels(numbers), stacks=stacks, unit=" %", least=100)
    return _part(table, plot)


def _leads(numbers: Numbers) -> Part:
    columns = [
        Column(_("First consultations")), Column(_("Median (days)")), Column(_("90th percentile (days)")),
    ]  # fmt: skip
    table = _by_step(
        numbers, "lead-time", _("Lead time to the first consultation"), columns,
        lambda each: [each.leads.count, each.leads.median, each.leads.most],
    )  # fmt: skip
    lines = [
        _series("effort", numbers, lambda each: each.leads.most),
        _series("measure", numbers, lambda each: each.leads.median),
    ]
    words = _("Days to the first consultation; the table below holds the same.")
    return _part(table, Plot(words=words, labels=_labels(numbers), lines=lines))


def _new_patients(numbers: Numbers) -> Part:
    table = _by_step(
        numbers,
        "new-patients",
        _("New patients"),
        [Column(_("New patients"))],
        lambda each: [each.new_patients],
    )
    stacks = [_series("", numbers, lambda each: each.new_patients)]
    words = _("New patients; the table below holds the same.")
    return _part(table, Plot(words=words, labels=_labels(numbers), stacks=stacks))


def _people(numbers: Numbers) -> Part:
    columns = [
        Column(_("Practitioner"), is_number=False), Column(_("Utilisation (%)")), Column(_("Before (%)")),
        Column(_("Taken (hours)")), Column(_("Open (hours)")), Column(_("Taken outside hours")), Column(_("Visits")),
        Column(_("No-show rate (%)")), Column(_("Cancellation rate (%)")), Column(_("First consultations")),
        Column(_("Median (days)")),
    ]  # fmt: skip
    rows = [_person(each) for each in numbers.persons]
    return Part(
        table=Table(name="practitioners", title=_("By practitioner"), columns=columns, rows=rows),
        is_empty=not rows,
    )


def _person(person: Person) -> list[Value]:
    totals, before = person.totals, person.before.use.percent
    use, visits = totals.use, totals.visits
    hours = map(_hours, (use.inside, use.open, use.outside))
    rates = visits.booked, visits.no_show_rate, visits.cancellation_rate
    leads = totals.leads.count, totals.leads.median
    return [person.practitioner.name, Bar(use.percent, before or None), before, *hours, *rates, *leads]


def _by_step(
    numbers: Numbers,
    name: str,
    title: str,
    columns: Sequence[Column],
    row: Callable[[Totals], Sequence[Value]],
) -> Table:
    first = (
        _("Day") if numbers.steps[0].period.length == numbers.steps[-1].period.length == 1 else _("Week of")
    )
    rows = [[step.period.first, *row(step.totals)] for step in numbers.steps]
    return Table(name=name, title=title, columns=[Column(first, is_number=False), *columns], rows=rows)


def _part(table: Table, plot: Plot) -> Part:
    return Part(
        table=table, plot=plot, is_empty=not plot.boxes and not any(path for _look, path, _at in plot.drawn)
    )


def _series(look: str, numbers: Numbers, value: Callable[[Totals], int | None]) -> Series:
    return Series(look, [value(step.totals) for step in numbers.steps])


def _labels(numbers: Numbers) -> list[str]:
    return [_label(step) for step in numbers.steps]


def _label(step: Step) -> str:
    return date_format(step.period.first, "j M")


def _hours(time: timedelta) -> float:
    return round(time / timedelta(hours=1), 1)
