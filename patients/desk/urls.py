"""Addresses of the front desk."""

from django.urls import path

from patients.desk import calendar, leave, numbers, panel, people, requests, visit

urlpatterns = [
    path("desk/", calendar.diary, name="desk"),
    path("desk/find/", panel.find, name="desk_find"),
    path("desk/book/", panel.book, name="desk_book"),
    path("desk/patients/", people.patients, name="desk_patients"),
    path("desk/patients/new/", people.create, name="desk_patient_new"),
    path("desk/patients/<uuid:pk>/", people.patient, name="desk_patient"),
    path("desk/patients/<uuid:pk>/invite/", people.invite, name="desk_patient_invite"),
    path("desk/numbers/", numbers.numbers, name="desk_numbers"),
    path("desk/access/<uuid:pk>/end/", people.end_access, name="desk_access_end"),
    path("desk/leave/", leave.leave, name="desk_leave"),
    path("desk/leave/<uuid:pk>/", leave.one, name="desk_leave_one"),
    path("desk/leave/<uuid:pk>/take-back/", leave.take_back, name="desk_leave_take_back"),
    path("desk/online/", requests.requests, name="desk_online"),
    path("desk/online/<uuid:pk>/looked-at/", requests.looked_at, name="desk_online_looked_at"),
    path("desk/visits/<uuid:pk>/move/", visit.move, name="desk_visit_move"),
    path("desk/visits/<uuid:pk>/cancel/", visit.cancel, name="desk_visit_cancel"),
    path("desk/visits/<uuid:pk>/<slug:verb>/", visit.change, name="desk_visit_change"),
]
