"""What the clinic owns: places, people, time and the post."""

from clinic.models.access import AccessEvent
from clinic.models.account import ApiToken, Membership, Role, User
from clinic.models.consultation_type import ConsultationType, TypeKind
from clinic.models.diary import Block
from clinic.models.hours import ExceptionKind, HoursException, OpeningHours, Weekday, WeeklyHours, Weeks
from clinic.models.idempotency import IdempotencyKey
from clinic.models.message import Channel, OutboxMessage, State
from clinic.models.place import Clinic, Organisation, ReminderLead, Room
from clinic.models.staff import Practitioner

__all__ = [
    "AccessEvent",
    "ApiToken",
    "Block",
    "Channel",
    "Clinic",
    "ConsultationType",
    "ExceptionKind",
    "HoursException",
    "IdempotencyKey",
    "Membership",
    "OpeningHours",
    "Organisation",
    "OutboxMessage",
    "Practitioner",
    "ReminderLead",
    "Role",
    "Room",
    "State",
    "TypeKind",
    "User",
    "Weekday",
    "WeeklyHours",
    "Weeks",
]
