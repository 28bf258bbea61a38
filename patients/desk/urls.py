"""Addresses of the front desk."""

from django.urls import path

from patients.desk import calendar, clear, leave, numbers, panel, people, requests, twins, visit, waitlist

urlpatterns = [
    path("desk/", calendar.diary, name="desk"),
    path("desk/changes/", calendar.changes, name="desk_changes"),
    path("desk/print/", calendar.sheet, name="desk_print"),
    path("desk/find/", panel.find, name="desk_find"),
    path("desk/book/", panel.book, name="desk_book"),
    path("desk/patients/", people.patients, name="desk_patients"),
    path("desk/patients/new/", people.create, name="desk_patient_new"),
    path("desk/patients/<uuid:pk>/", people.patient, name="desk_patient"),
    path("desk/patients/<uuid:pk>/invite/", people.invite, name="desk_patient_invite"),
    path("desk/patients/<uuid:pk>/merge/", twins.merge, name="desk_merge"),
    path("desk/twins/", twins.twins, name="desk_twins"),
    path("desk/twins/<uuid:pk>/different/", twins.different, name="desk_twin_different"),
    path("desk/numbers/", numbers.numbers, name="desk_numbers"),
    path("desk/access/<uuid:pk>/end/", people.end_access, name="desk_access_end"),
    path("desk/leave/", leave.leave, name="desk_leave"),
    path("desk/leave/<uuid:pk>/", clear.one, name="desk_leave_one"),
    path("desk/leave/<uuid:pk>/clear/", clear.clear, name="desk_leave_clear"),
    path("desk/leave/<uuid:pk>/take-back/", leave.take_back, name="desk_leave_take_back"),
    path("desk/online/", requests.requests, name="desk_online"),
    path("desk/online/<uuid:pk>/looked-at/", requests.looked_at, name="desk_online_looked_at"),
    path("desk/waitlist/", waitlist.waitlist, name="desk_waitlist"),
    path("desk/waitlist/new/", waitlist.new, name="desk_waitlist_new"),
    path("desk/waitlist/<uuid:pk>/", waitlist.one, name="desk_waitlist_one"),
    path("desk/waitlist/<uuid:pk>/offer/", waitlist.offer, name="desk_waitlist_offer"),
    path("desk/waitlist/<uuid:pk>/withdraw/", waitlist.withdraw, name="desk_waitlist_withdraw"),
    path("desk/offers/<uuid:pk>/take-back/", waitlist.take_back, name="desk_offer_take_back"),
    path("desk/visits/<uuid:pk>/move/", visit.move, name="desk_visit_move"),
    path("desk/visits/<uuid:pk>/lengthen/", visit.lengthen, name="desk_visit_lengthen"),
    path("desk/visits/<uuid:pk>/cancel/", visit.cancel, name="desk_visit_cancel"),
    path("desk/visits/<uuid:pk>/<slug:verb>/", visit.change, name="desk_visit_change"),
]
