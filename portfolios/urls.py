"""The addresses of this room."""

from django.urls import path

from portfolios.views import adding, evaluators, evidence, invitations, office, rating, sealing, training, writing

app_name = "portfolios"

urlpatterns = [
    path("portfolios/", writing.index, name="index"),
    path("portfolios/start/<slug:code>/", writing.start, name="start"),
    path("portfolios/to-assign/", office.to_assign, name="to_assign"),
    path("portfolios/to-assign/propose/", office.propose, name="propose"),
    path("portfolios/<uuid:id>/", writing.portfolio, name="portfolio"),
    path("portfolios/<uuid:id>/<int:number>/", writing.response, name="response"),
    path("portfolios/<uuid:id>/statement/", writing.statement, name="statement"),
    path("portfolios/<uuid:id>/evidence/", evidence.add_evidence, name="add_evidence"),
    path("portfolios/<uuid:id>/evidence/link/", evidence.add_link, name="add_link"),
    path("portfolios/<uuid:id>/evidence/<uuid:evidence>/", evidence.change_evidence, name="change_evidence"),
    path("portfolios/<uuid:id>/evidence/<uuid:evidence>/remove/", evidence.remove_evidence, name="remove_evidence"),
    path("portfolios/<uuid:id>/send/", sealing.send, name="send"),
    path("portfolios/<uuid:id>/sealed/", sealing.sealed, name="sealed"),
    path("portfolios/<uuid:id>/sealed/<int:round>/", sealing.sealed_text, name="sealed_text"),
    path("portfolios/<uuid:id>/sealed/check/", sealing.check_seal, name="check_seal"),
    path("portfolios/<uuid:id>/more/<int:number>/", adding.addition, name="addition"),
    path("portfolios/<uuid:id>/more/send/", adding.send_supplement, name="send_supplement"),
    path("portfolios/<uuid:id>/assign/", office.assign, name="assign"),
    path("portfolios/<uuid:id>/office/", office.office, name="office"),
    path("portfolios/<uuid:id>/office/replace/<uuid:assignment>/", office.replace, name="replace"),
    path("portfolios/<uuid:id>/office/reopen/", office.reopen, name="reopen"),
    path("rating/", rating.to_rate, name="to_rate"),
    path("rating/done/", rating.rated, name="rated"),
    path("rating/<uuid:id>/", rating.invitation, name="invitation"),
    path("rating/<uuid:id>/accept/", rating.accept, name="accept"),
    path("rating/<uuid:id>/decline/", rating.decline, name="decline"),
    path("rating/<uuid:id>/<int:number>/", rating.rate, name="rate"),
    path("rating/<uuid:id>/finish/", rating.finish, name="finish"),
    path("invitation/<str:token>/", invitations.answer, name="answer"),
    path("conflicts/", evaluators.conflicts, name="conflicts"),
    path("conflicts/<uuid:id>/withdraw/", evaluators.withdraw_conflict, name="withdraw_conflict"),
    path("evaluators/", office.evaluators, name="evaluators"),
    path("evaluators/apply/", evaluators.apply, name="apply"),
    path("evaluators/apply/<uuid:id>/withdraw/", evaluators.withdraw_application, name="withdraw_application"),
    path("evaluators/applications/", evaluators.applications, name="applications"),
    path("evaluators/applications/<uuid:id>/", evaluators.application, name="application"),
    path("evaluators/me/", evaluators.standing, name="standing"),
    path("evaluators/me/<slug:code>/", evaluators.step_back, name="step_back"),
    path("evaluators/training/", training.index, name="training"),
    path("evaluators/training/<slug:slug>/", training.page, name="training_page"),
    path("evaluators/approve/", office.approve_evaluator, name="approve_evaluator"),
]
