"""Addresses of applications, of the staff's queue for them, and of the plan."""

from django.urls import path

from candidates.views import applying, deciding, planning

app_name = "candidates"

urlpatterns = [
    path("application/", applying.application, name="application"),
    path("application/start/", applying.start, name="start"),
    path("application/who/", applying.question, {"page": "who"}, name="who"),
    path("application/diploma/", applying.question, {"page": "diploma"}, name="diploma"),
    path("application/member/", applying.question, {"page": "member"}, name="member"),
    path("application/answers/", applying.question, {"page": "answers"}, name="answers"),
    path("application/work/", applying.work, name="work"),
    path("application/work/add/", applying.add_spell, name="add_spell"),
    path("application/work/<uuid:id>/", applying.change_spell, name="change_spell"),
    path("application/work/<uuid:id>/remove/", applying.remove_spell, name="remove_spell"),
    path("application/resume/", applying.resume, name="resume"),
    path("application/resume/open/", applying.open_resume, name="open_resume"),
    path("application/check/", applying.check, name="check"),
    path("application/send/", applying.send, name="send"),
    path("application/withdraw/", applying.withdraw, name="withdraw"),
    path("applications/", deciding.queue, name="queue"),
    path("applications/<uuid:id>/", deciding.review, name="review"),
    path("applications/<uuid:id>/resume/", deciding.open_resume, name="review_resume"),
    path("applications/<uuid:id>/admit/", deciding.admit, name="admit"),
    path("applications/<uuid:id>/refuse/", deciding.refuse, name="refuse"),
    path("my/plan/", planning.plan, name="plan"),
]
