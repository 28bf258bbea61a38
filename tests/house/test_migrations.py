"""A migration may run while the release before still works: nothing that it reads is taken away or locked for long."""

import pytest
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements, get_sql_analyser_class

from clinic.checks import OURS

FIRST = "the first: it makes the tables, and no release before it reads them"
EXEMPT = {
    ("clinic", "0001_house"): FIRST,
    ("patients", "0001_house"): FIRST,
    ("programs", "0001_house"): FIRST,
}
"""App and migration → why it need not run beside the release before."""


def written() -> set[tuple[str, str]]:
    """Each migration of ours, by app and name."""
    known = MigrationLinter(no_cache=True, no_output=True).migration_loader.disk_migrations
    return {each for each in known if each[0] in OURS}


@pytest.mark.django_db
@pytest.mark.assures("CF-03")
def test_every_migration_runs_beside_the_release_before() -> None:
    linter = MigrationLinter(no_cache=True, no_output=True)
    faulty = []
    for app, name in sorted(written() - EXEMPT.keys()):
        before = linter.nb_erroneous
        linter.lint_migration(linter.migration_loader.disk_migrations[app, name])
        if linter.nb_erroneous > before:
            faulty.append((app, name))
    assert faulty == []


@pytest.mark.parametrize(
    "statement",
    [
        'ALTER TABLE "patients_patient" DROP COLUMN "phone"',
        'ALTER TABLE "clinic_room" RENAME COLUMN "name" TO "label"',
    ],
)
def test_the_linter_sees_what_the_release_before_would_miss(statement: str) -> None:
    faults, _ignored, _warnings = analyse_sql_statements(get_sql_analyser_class("postgresql"), [statement])
    assert len(faults) == 1


@pytest.mark.django_db
def test_exemptions_name_migrations_that_are_there() -> None:
    assert EXEMPT.keys() <= written()
    assert all(EXEMPT.values())
