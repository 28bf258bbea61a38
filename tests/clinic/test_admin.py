"""The stock admin: every list opens for who may see it, and none for the others."""

from datetime import date, time
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic import policy
from clinic.models import (
    AccessEvent,
    Clinic,
    ConsultationType,
    Membership,
    OpeningHours,
    Practitioner,
    ReminderLead,
    Role,
    Room,
    User,
    WeeklyHours,
)
from patients.models import Patient
from tests import factories
from tests.doors import browser

LISTS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in {"clinic", "patients", "programs"}),
    key=lambda model: model._meta.label,
)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_list_opens_exactly_for_who_may_see_its_rows(
    model: type, noor: User, mira: Practitioner, hedda: User
) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    for user in (noor, mira.user, hedda):
        expected = 200 if policy.can(user, "view", model) else 403
        assert browser(user).get(address).status_code == expected, user


def test_managers_see_the_records_and_patients_are_sent_home(noor: User, elena: Patient) -> None:
    page = browser(noor).get("/admin/").content.decode()
    assert "Consultation types" in page
    answer = browser(elena.portal_access.get().user).get("/admin/records/")
    assert answer.status_code == 302


def test_a_manager_changes_their_own_clinic_and_not_another(
    noor: User, riverside: Clinic, old_town: Clinic
) -> None:
    client = browser(noor)
    own = client.get(reverse("admin:clinic_clinic_change", args=[riverside.pk])).content.decode()
    foreign = client.get(reverse("admin:clinic_clinic_change", args=[old_town.pk])).content.decode()
    assert 'name="_save"' in own
    assert 'name="_save"' not in foreign


def test_a_manager_is_shown_the_staff_of_their_own_clinics_only(
    noor: User, hedda: User, jonas: Practitioner, elena: Patient
) -> None:
    page = browser(noor).get(reverse("admin:clinic_user_changelist")).content.decode()
    assert noor.email in page
    assert hedda.email in page
    assert jonas.user.email not in page
    assert elena.portal_access.get().user.email not in page
    roles = browser(noor).get(reverse("admin:clinic_membership_add")).content.decode()
    assert str(jonas.user) not in roles


def test_somebody_of_another_clinic_is_given_a_role_by_their_email(
    noor: User, jonas: Practitioner, riverside: Clinic
) -> None:
    address = reverse("admin:clinic_membership_add")
    told = {"clinic": str(riverside.pk), "role": Role.FRONT_DESK}
    browser(noor).post(address, told | {"user": jonas.user.email.upper()})
    assert jonas.user.memberships.filter(clinic=riverside, role=Role.FRONT_DESK).exists()


def test_a_physiotherapist_cannot_make_anybody_staff(mira: Practitioner) -> None:
    answer = browser(mira.user).get(reverse("admin:clinic_membership_add"))
    assert answer.status_code == 403
    assert Membership.objects.count() == 1


@pytest.mark.assures("AU-01")
def test_a_list_and_a_page_of_patients_are_written_down(noor: User, elena: Patient, samuel: Patient) -> None:
    client = browser(noor)
    client.get(reverse("admin:patients_patient_changelist"))
    assert set(AccessEvent.objects.get().patient_ids) == {elena.pk, samuel.pk}
    page = client.get(reverse("admin:patients_patient_change", args=[elena.pk])).content.decode()
    assert AccessEvent.objects.latest("id").patient_ids == [elena.pk]
    assert 'name="_save"' not in page


# --- a manager's arm ends at the door of another clinic


@pytest.fixture
def fields(noor: User) -> dict[type[Model], dict[str, str]]:
    """A form that would do, by kind of record, but for its clinic."""
    return {
        Membership: {"user": noor.email, "role": Role.PHYSIOTHERAPIST},
        Room: {"name": "Room 9"},
        ReminderLead: {"days": "2", "at": "", "hours": ""},
    }


OF_CLINICS = (Membership, Room, ReminderLead)


@pytest.mark.assures("AZ-02")
@pytest.mark.parametrize("model", OF_CLINICS, ids=lambda model: model.__name__)
def test_a_record_is_added_to_the_managers_own_clinic_only(
    fields: dict[type[Model], dict[str, str]], model: Any, noor: User, riverside: Clinic, old_town: Clinic
) -> None:
    before = model.objects.filter(clinic=old_town).count()
    address = reverse(f"admin:clinic_{model._meta.model_name}_add")
    for clinic, status in ((old_town, 200), (riverside, 302)):
        answer = browser(noor).post(address, {**fields[model], "clinic": str(clinic.pk)})
        assert answer.status_code == status, answer.context and answer.context["errors"]
    assert model.objects.filter(clinic=old_town).count() == before
    assert model.objects.filter(clinic=riverside).exists()


@pytest.mark.assures("AZ-02")
@pytest.mark.parametrize("model", OF_CLINICS, ids=lambda model: model.__name__)
def test_a_record_cannot_be_moved_to_another_clinic(
    fields: dict[type[Model], dict[str, str]], model: Any, noor: User, riverside: Clinic, old_town: Clinic
) -> None:
    client = browser(noor)
    name = f"admin:clinic_{model._meta.model_name}"
    client.post(reverse(f"{name}_add"), {**fields[model], "clinic": str(riverside.pk)})
    row = model.objects.filter(clinic=riverside).latest("id")
    form = {**fields[model], "clinic": str(old_town.pk)}
    assert client.post(reverse(f"{name}_change", args=[row.pk]), form).status_code == 200
    row.refresh_from_db()
    assert row.clinic == riverside


@pytest.mark.assures("AZ-02")
@pytest.mark.parametrize("model", OF_CLINICS, ids=lambda model: model.__name__)
def test_saving_asks_policy_of_the_row_itself(
    fields: dict[type[Model], dict[str, str]], model: Any, noor: User, old_town: Clinic
) -> None:
    """Whatever a form let through: the row that was saved is the one that must be allowed."""
    request = RequestFactory().post("/")
    request.user = noor
    form = {name: value for name, value in fields[model].items() if value}
    if "user" in form:
        form["user_id"] = str(noor.pk)
        del form["user"]
    row = model(clinic=old_town, **form)
    with pytest.raises((PermissionDenied, policy.NotYours)):
        admin.site._registry[model].save_model(request, row, None, change=False)


def test_a_foreign_record_is_neither_changed_nor_deleted(
    noor: User, old_town: Clinic, riverside: Clinic, jonas: Practitioner
) -> None:
    client = browser(noor)
    room = factories.RoomFactory.create(clinic=old_town, name="Attic")
    change = reverse("admin:clinic_room_change", args=[room.pk])
    assert client.post(change, {"name": "Mine", "clinic": str(riverside.pk)}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [str(room.pk)], "post": "yes"}
    assert client.post(reverse("admin:clinic_room_changelist"), many).status_code == 403
    assert (
        client.post(reverse("admin:clinic_room_delete", args=[room.pk]), {"post": "yes"}).status_code == 403
    )
    room.refresh_from_db()
    assert (room.name, room.clinic) == ("Attic", old_town)


def below(prefix: str, *rows: dict[str, str]) -> dict[str, str]:
    """The rows below a form, as the admin posts them."""
    sent = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    return sent | {
        f"{prefix}-{number}-{key}": value for number, row in enumerate(rows) for key, value in row.items()
    }


def test_a_foreign_clinics_rooms_and_hours_are_not_set_on_its_page(noor: User, old_town: Clinic) -> None:
    sent = {"name": "Mine", **below("rooms", {"name": "Mine", "clinic": str(old_town.pk)})}
    answer = browser(noor).post(reverse("admin:clinic_clinic_change", args=[old_town.pk]), sent)
    assert answer.status_code == 403
    assert not Room.objects.filter(clinic=old_town).exists()


@pytest.fixture
def mira_at_both(mira: Practitioner, old_town: Clinic) -> Practitioner:
    """Mira, who works at Old Town on Mondays as well."""
    mira.clinics.add(old_town)
    WeeklyHours.objects.create(
        practitioner=mira,
        clinic=old_town,
        weekday=0,
        starts=time(9),
        ends=time(12),
        valid_from=date(2026, 1, 5),
    )
    return mira


def change_practitioner(client: Client, who: Practitioner, clinics: list[Clinic], **more: str) -> Any:
    """What a manager's page of a practitioner sends."""
    sent = {"name": who.name, "title": "Dr", "clinics": [str(each.pk) for each in clinics], **more}
    return client.post(reverse("admin:clinic_practitioner_change", args=[who.pk]), sent)


def test_a_practitioners_page_leaves_the_other_clinic_alone(
    mira_at_both: Practitioner, noor: User, riverside: Clinic, old_town: Clinic
) -> None:
    client = browser(noor)
    assert change_practitioner(client, mira_at_both, [riverside]).status_code == 403
    mira_at_both.refresh_from_db()
    assert mira_at_both.title != "Dr"
    assert change_practitioner(client, mira_at_both, [riverside, old_town]).status_code == 302
    assert set(mira_at_both.clinics.all()) == {riverside, old_town}


def test_hours_are_read_in_the_records_and_set_on_their_sheets_alone(
    mira_at_both: Practitioner, noor: User, hedda: User, riverside: Clinic
) -> None:
    """So that who worked when, and when a clinic was open, stays as it was."""
    before = [list(model.objects.order_by("pk").values()) for model in (WeeklyHours, OpeningHours)]
    manager = browser(noor)
    row = {"weekday": "1", "starts": "09:00", "ends": "17:00", "weeks": "every", "valid_from": "2026-01-01"}
    hours = below("weekly_hours", row | {"clinic": str(riverside.pk), "practitioner": str(mira_at_both.pk)})
    change_practitioner(manager, mira_at_both, list(mira_at_both.clinics.all()), **hours)
    for one, sheet in (
        (
            mira_at_both.weekly_hours.filter(clinic=riverside)[0],
            reverse("admin:hours", args=[mira_at_both.pk]),
        ),
        (riverside.opening_hours.all()[0], reverse("admin:opening", args=[riverside.pk])),
    ):
        name = f"admin:clinic_{one._meta.model_name}"
        page = reverse(f"{name}_change", args=[one.pk])
        assert sheet in manager.get(page).content.decode()
        assert sheet not in browser(hedda).get(page).content.decode()
        for address in (page, reverse(f"{name}_delete", args=[one.pk]), reverse(f"{name}_add")):
            assert manager.post(address, {**row, "post": "yes"}).status_code == 403
    assert before == [list(model.objects.order_by("pk").values()) for model in (WeeklyHours, OpeningHours)]


def test_the_pages_of_who_and_where_tell_their_hours(
    mira_at_both: Practitioner, noor: User, riverside: Clinic
) -> None:
    manager = browser(noor)
    page = manager.get(reverse("admin:clinic_practitioner_change", args=[mira_at_both.pk])).content.decode()
    assert "Old Town: Monday 09:00-12:00" in page
    assert "from Mon 5 Jan 2026" in page
    page = manager.get(reverse("admin:clinic_clinic_change", args=[riverside.pk])).content.decode()
    assert "Monday 08:00-18:00" in page


def test_nobody_is_put_to_work_at_a_foreign_clinic(
    noor: User, mira: Practitioner, riverside: Clinic, old_town: Clinic
) -> None:
    assert change_practitioner(browser(noor), mira, [riverside, old_town]).status_code == 200
    assert set(mira.clinics.all()) == {riverside}


def test_a_diary_stays_its_owners(noor: User, mira: Practitioner, riverside: Clinic) -> None:
    sent = {"name": mira.name, "user": str(noor.pk), "clinics": [str(riverside.pk)]}
    browser(noor).post(reverse("admin:clinic_practitioner_change", args=[mira.pk]), sent)
    owner = mira.user
    mira.refresh_from_db()
    assert mira.user == owner


def test_a_foreign_room_is_not_put_to_use(noor: User, follow_up: ConsultationType, old_town: Clinic) -> None:
    attic = factories.RoomFactory.create(clinic=old_town, name="Attic")
    address = reverse("admin:clinic_consultationtype_change", args=[follow_up.pk])
    client = browser(noor)
    form = client.get(address).context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    for name in ("rooms", "practitioners"):
        sent[name] = [str(each.pk) for each in form.initial[name]]
    assert client.post(address, {**sent, "rooms": [*sent["rooms"], str(attic.pk)]}).status_code == 200
    assert attic not in follow_up.rooms.all()
    assert client.post(address, sent).status_code == 302


def test_who_opens_a_clinic_manages_it(noor: User, old_town: Clinic) -> None:
    client, address = browser(noor), reverse("admin:clinic_clinic_add")
    form = client.get(address).context["adminform"].form
    sent = {name: str(field.initial) for name, field in form.fields.items() if field.initial is not None}
    sent |= {"latitude": "52.5", "longitude": "13.4", "slot_step_min": "10", "pain_ceiling": "5"}
    sent |= below("rooms", {"name": "1"}) | below("reminder_leads")
    sent |= {
        "name": "Harbour",
        "slug": "harbour",
        "time_zone": "Europe/Berlin",
        "email": "harbour@example.org",
    }
    sent |= {
        "phone": "+493012345678",
        "street": "Quay 1",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]
    harbour = Clinic.objects.get(name="Harbour")
    assert Membership.objects.get(clinic=harbour).user == noor
    assert harbour.rooms.get().name == "1"


# --- people


@pytest.mark.assures("AC-06")
def test_the_email_of_an_account_is_nobodys_to_change(noor: User, hedda: User, elena: Patient) -> None:
    """Who could set it could have the owner's codes, links and invitations sent elsewhere."""
    account = elena.portal_access.get().user
    for user, status in ((account, 302), (hedda, 302)):
        before = user.email
        sent = {"name": "Changed", "email": "evil@example.org", "is_active": "on"}
        answer = browser(noor).post(reverse("admin:clinic_user_change", args=[user.pk]), sent)
        user.refresh_from_db()
        assert (answer.status_code, user.email) == (status, before)
    assert (account.name, hedda.name) == (account.name, "Changed")


@pytest.mark.parametrize("who", ["jonas", "elena"])
def test_a_manager_disables_nobody_of_another_clinic_and_no_patient(
    noor: User, jonas: Practitioner, elena: Patient, who: str
) -> None:
    user = {"jonas": jonas.user, "elena": elena.portal_access.get().user}[who]
    answer = browser(noor).post(
        reverse("admin:clinic_user_change", args=[user.pk]), {"name": "Gone", "is_active": ""}
    )
    assert answer["Location"] == "/admin/"  # there is nothing here for them
    user.refresh_from_db()
    assert user.is_active


def test_the_sign_in_leads_back_with_all_that_was_asked(client: Client, db: None) -> None:
    answer = client.get("/admin/login/?next=/admin/records/?a=1%26b=2")
    assert (
        answer["Location"] == "/accounts/login/?next=/admin/login/%3Fnext%3D/admin/records/%3Fa%3D1%2526b%3D2"
    )
