"""Opens a clinic: the organisation grows by a place that somebody manages; and says when its clocks may be others."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import policy
from clinic.models import Block, Clinic, Membership, Role, User
from clinic.rules.refusals import Refusal


class ZoneInUse(Refusal):
    """Visits to come would be at another time of day, and their patients were told the old one."""

    code = "zone_in_use"


@transaction.atomic
def open_clinic(*, clinic: Clinic, by: User) -> None:
    """Saves a new clinic and makes who opens it its manager: a clinic without one could never get one.

    Raises NotYours.
    """
    if not policy.can(by, "add", Clinic):
        raise policy.NotYours(_("Clinics are opened by managers. Ask one."))
    clinic.save()
    Membership.objects.create(user=by, clinic=clinic, role=Role.MANAGER)
    policy.forget_reach(by)


def check_zone(*, clinic: Clinic, zone: str, now: datetime) -> None:
    """Lets a clinic have this zone where all that stands in its diary from now on keeps its time of day.

    Raises ZoneInUse, with the first visit that would not.
    """
    old, new = clinic.zone, ZoneInfo(zone)
    starts = Block.objects.filter(clinic=clinic, active=True, end__gt=now).order_by("start")
    for start in starts.values_list("start", flat=True).iterator():
        told = start.astimezone(old)
        if told.utcoffset() != start.astimezone(new).utcoffset():
            raise ZoneInUse(
                _(
                    "The diary holds visits at times of %(zone)s, the next on %(day)s at %(time)s. Move or cancel them "
                    "first, or leave the zone as it is."
                )
                % {"zone": old.key, "day": f"{told:%Y-%m-%d}", "time": f"{told:%H:%M}"},
                field="time_zone",
            )
