"""URLs of the app `appeals`."""

from django.urls import path

from appeals.views import committee, decision, mine

app_name = "appeals"
urlpatterns = [
    path("appeals/", mine.mine, name="mine"),
    path("appeals/new/<slug:kind>/<uuid:reference>/", mine.notice, name="notice"),
    path("appeals/<uuid:id>/", mine.appeal, name="appeal"),
    path("appeals/<uuid:id>/grounds/", mine.grounds, name="grounds"),
    path("appeals/<uuid:id>/files/", mine.files, name="files"),
    path("appeals/<uuid:id>/files/<uuid:file>/remove/", mine.remove_file, name="remove_file"),
    path("appeals/<uuid:id>/withdraw/", mine.withdraw, name="withdraw"),
    path("office/appeals/", committee.queue, name="queue"),
    path("office/appeals/statement/", committee.statement, name="statement"),
    path("office/appeals/receipt/<uuid:id>/", committee.receipt, name="receipt"),
    path("office/appeals/<uuid:id>/", committee.review, name="review"),
    path("office/appeals/<uuid:id>/decision/", decision.decision, name="decision"),
    path("office/appeals/<uuid:id>/answer/", committee.answer, name="answer"),
    path("office/appeals/<uuid:id>/decide/", committee.decide, name="decide"),
    path("office/appeals/<uuid:id>/done/", committee.done, name="done"),
]
