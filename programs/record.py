"""What of a patient's record hangs on programs, and moves along when two records are merged."""

from django.utils.translation import gettext_lazy as _

from patients.record import Part, register
from programs.models import Program, SessionLog

register(Part(model=Program, label=_("Programs")))
register(Part(model=SessionLog, label=_("Sessions that were logged")))
