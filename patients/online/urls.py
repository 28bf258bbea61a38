"""Addresses that take no log-in."""

from django.urls import path

from patients.online import advice, again, book, confirm, links, offers

urlpatterns = [
    path("book/", book.reason, name="book"),
    path("book/anew/", book.anew, name="book_anew"),
    path("book/advice/", advice.advice, name="book_advice"),
    path("book/clinic/", book.clinic, name="book_clinic"),
    path("book/time/", book.time, name="book_time"),
    path("book/details/", book.details, name="book_details"),
    path("book/mail/", book.mail, name="book_mail"),
    path("book/confirm/<str:token>/", confirm.confirm, name="book_confirm"),
    path("book/confirm/<str:token>/visit.ics", confirm.calendar_file, name="book_confirm_ics"),
    path("visits/confirm/<str:token>/", links.confirm, name="visit_confirm"),
    path("visits/cancel/<str:token>/", links.cancel, name="visit_cancel"),
    path("visits/move/<str:token>/", links.move, name="visit_move"),
    path("offers/<str:token>/", offers.offer, name="offer"),
    path("choose-again/<str:token>/", again.choose, name="choose_again"),
]
