"""Draws the visits of a column of the diary, and says in words how one stands.

In Python and not as a template: a day of ten practitioners has a hundred of them, and each took a millisecond.
"""

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clinic.templatetags.charts import pips
from clinic.templatetags.icons import status_icon
from patients.actions.daybook import UNRESOLVED, Column, Visit
from patients.models import Source
from patients.models.consultation import STATUSES
from patients.rules.lifecycle import Status
from patients.templatetags.clock import at, lasts

register = template.Library()
NAMES = dict[str, object](STATUSES)
"""By status: Django's own `get_status_display` translates and hashes all of them for each call."""
NOTHING = SafeString("")


@register.filter
def status_words(each: Visit) -> str:
    """How the visit stands: its status, and how long somebody waits or is in, or until when it is held."""
    row = each.consultation
    if each.status == UNRESOLVED:
        return _("Unresolved")
    if each.status == Status.IN_PROGRESS:
        return _("In, %(n)s min") % {"n": each.since}
    if each.status == Status.ARRIVED:
        return _("Waits %(n)s") % {"n": each.since}
    if each.status == Status.HELD:
        return _held(each)
    if row.block.lane:
        return _("2nd lane")
    return str(capfirst(str(NAMES[row.status])))


def _held(each: Visit) -> str:
    is_offer, until = each.consultation.source == Source.WAITLIST, each.consultation.block.held_until
    if until is None:
        return _("Offered") if is_offer else _("Held")
    words = _("Offered, until %(at)s") if is_offer else _("Held, until %(at)s")
    return words % {"at": f"{timezone.localtime(until):%H:%M}"}


@register.simple_tag
def blocks(column: Column, home: str, shown: Visit | str = "") -> SafeString:
    """The visits of the column with their buffers; the one that is `shown` in the panel is marked."""
    shown_pk = shown.consultation.pk if isinstance(shown, Visit) else None
    return format_html_join(
        "\n",
        "{}{}",
        (
            (_buffers(each), _block(each, home, column, is_shown=each.consultation.pk == shown_pk))
            for each in column.drawn
        ),
    )


def _buffers(each: Visit) -> SafeString:
    row, lane = each.consultation, _lane(each)
    before = after = NOTHING
    if each.before:
        before = format_html('<i class="buf pre {} {}"></i>', at(row.block.start), lasts(each.before))
    if each.after:
        after = format_html('<i class="buf{} {} {}"></i>', lane, at(row.end), lasts(each.after))
    return SafeString(before + after)


def _block(each: Visit, home: str, column: Column, *, is_shown: bool) -> SafeString:
    row = each.consultation
    name = row.type.name if each.is_class else row.patient.name
    line = _class_line(each, column) if each.is_class else _line(each, column)
    return format_html(
        '<a class="blk st-{}{} {} {}" id="v-{}" href="{}&amp;visit={}"{}{}{}><span class="l1"><time>{}</time>'
        '<b>{}</b>{}'
        '</span><span class="l2"><span>{}</span><span class="w">{}</span></span>{}{}</a>',
        each.status, _lane(each), at(row.start), lasts(each.minutes), row.pk, home, row.pk,
        format_html(' data-moves="{}"', row.practitioner_id) if each.may_move else NOTHING,
        SafeString(" data-grows") if each.may_grow else NOTHING,
        SafeString(' aria-current="true"') if is_shown else NOTHING,
        f"{timezone.localtime(row.start):%H:%M}", name, status_icon(each.status), line, _words(each),
        pips(row.block.taken, row.block.capacity) if each.is_class else NOTHING,
        SafeString('<i class="grip"></i>') if each.may_grow else NOTHING,
    )  # fmt: skip


def _lane(each: Visit) -> str:
    return " lane1" if each.consultation.block.lane else ""


def _words(each: Visit) -> str:
    if not each.is_class:
        return status_words(each)
    block = each.consultation.block
    return _("%(taken)s of %(all)s") % {"taken": block.taken, "all": block.capacity}


def _line(each: Visit, column: Column) -> str:
    """What else is said: in a column of a practitioner the type and the room, else with whom and the type."""
    row = each.consultation
    if column.practitioner is None:
        return f"{row.practitioner.name}, {row.type.name}"
    return f"{row.type.name}, {row.block.room.name}" if row.block.room else row.type.name


def _class_line(each: Visit, column: Column) -> str:
    row = each.consultation
    if column.practitioner is None:
        return row.practitioner.name
    return row.block.room.name if row.block.room else ""
