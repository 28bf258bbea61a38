"""Records that are read in the stock admin and set on a sheet of their own."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic import policy
from clinic.admin.weekly import day_words
from clinic.web.admin_site import PolicyAdmin


class ToRead(PolicyAdmin):
    """Nothing is added, changed or deleted here; a row leads to its sheet whoever may use that."""

    change_form_template = "admin/to_read.html"

    def sheet(self, row: Any) -> str:
        """The address of the sheet of this row; none by default."""
        return ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The row, and the way to its sheet."""
        row = self.get_object(request, object_id)
        may_set = row is not None and policy.may(request.user, "change", row)  # type: ignore[arg-type]
        context = {"sheet": self.sheet(row) if may_set else "", **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


def hours_list(rows: Iterable[tuple[date | None, date | None, str]]) -> SafeString:
    """Hours on the page of whose they are: from which day, until which, and what; "none yet" where there are none."""
    words = [(what, _days(first, last)) for first, last, what in rows]
    items = format_html_join("", "<li>{}<span class='muted small'>{}</span></li>", words)
    return format_html("<ul class='hours-list'>{}</ul>", items) if words else SafeString(_("none yet"))


def _days(first: date | None, last: date | None) -> str:
    words = [_("from %(day)s") % {"day": day_words(first)}] if first else []
    words += [_("until %(day)s") % {"day": day_words(last)}] if last else []
    return " ".join(["", *words])
