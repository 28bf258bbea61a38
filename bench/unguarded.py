"""The product with its locks taken away, web and worker, for the negative controls: they must show doubles."""

from typing import Any

from django.db.models import QuerySet

from bench.timed import application
from clinic.celery import app

__all__ = ["app", "application"]


def _unlocked(rows: QuerySet[Any], *_args: Any, **_how: Any) -> QuerySet[Any]:
    """The same rows, read without a lock."""
    return rows


QuerySet.select_for_update = _unlocked  # type: ignore[assignment,method-assign]
