"""Addresses of applications, of the staff's queue for them, and of the plan."""

from django.urls import path

from candidates.views import applying, candidacies, deciding, hours, planning, spells, visiting

app_name = "candidates"

urlpatterns = [
    path("can-i-apply/", visiting.can_i_apply, name="can_i_apply"),
    path("application/", applying.application, name="application"),
    path("application/start/", applying.start, name="start"),
    path("application/who/", applying.question, {"page": "who"}, name="who"),
    path("application/diploma/", applying.question, {"page": "diploma"}, name="diploma"),
    path("application/member/", applying.question, {"page": "member"}, name="member"),
    path("application/answers/", applying.question, {"page": "answers"}, name="answers"),
    path("application/graduate/", applying.question, {"page": "graduate"}, name="graduate"),
    path("application/transcript/", applying.transcript, name="transcript"),
    path("application/transcript/open/", applying.open_transcript, name="open_transcript"),
    path("application/work/", spells.work, name="work"),
    path("application/work/add/", spells.add_spell, name="add_spell"),
    path("application/work/<uuid:id>/", spells.change_spell, name="change_spell"),
    path("application/work/<uuid:id>/remove/", spells.remove_spell, name="remove_spell"),
    path("application/resume/", applying.resume, name="resume"),
    path("application/resume/open/", applying.open_resume, name="open_resume"),
    path("application/letter/", applying.letter, name="letter"),
    path("application/letter/<int:number>/open/", applying.open_letter, name="open_letter"),
    path("application/answer/", applying.answer, name="answer"),
    path("application/check/", applying.check, name="check"),
    path("application/send/", applying.send, name="send"),
    path("application/withdraw/", applying.withdraw, name="withdraw"),
    path("applications/", deciding.queue, name="queue"),
    path("applications/<uuid:id>/", deciding.review, name="review"),
    path("applications/<uuid:id>/resume/", deciding.open_resume, name="review_resume"),
    path("applications/<uuid:id>/letter/<int:number>/", deciding.open_letter, name="review_letter"),
    path("applications/<uuid:id>/transcript/", deciding.open_transcript, name="review_transcript"),
    path("applications/<uuid:id>/fee/", deciding.decide_fee, name="decide_fee"),
    path("applications/<uuid:id>/ask/", deciding.ask, name="ask"),
    path("applications/<uuid:id>/close-question/", deciding.take_back, name="take_back"),
    path("applications/<uuid:id>/admit/", deciding.admit, name="admit"),
    path("applications/<uuid:id>/refuse/", deciding.refuse, name="refuse"),
    path("candidacies/<uuid:id>/", candidacies.candidacy, name="candidacy"),
    path("candidacies/<uuid:id>/extend/", candidacies.extend, name="extend"),
    path("candidacies/<uuid:id>/reuse/", candidacies.reuse, name="reuse"),
    path("candidacies/<uuid:id>/hours/", candidacies.decide_hours, name="decide_hours"),
    path("my/hours/", hours.hours, name="hours"),
    path("my/hours/start/", hours.start, name="start_hours"),
    path("my/hours/send/", hours.send, name="send_hours"),
    path("my/hours/add/", spells.add_spell, {"place": "hours"}, name="add_hours"),
    path("my/hours/<uuid:id>/", spells.change_spell, {"place": "hours"}, name="change_hours"),
    path("my/hours/<uuid:id>/remove/", spells.remove_spell, {"place": "hours"}, name="remove_hours"),
    path("my/more-time/", planning.more_time, name="more_time"),
    path("my/plan/", planning.plan, name="plan"),
]
