"""Addresses of the room `renewals`."""

from django.urls import path

from renewals.views import holding, office

app_name = "renewals"
urlpatterns = [
    path("renewal/", holding.renewal, name="renewal"),
    path("renewal/activities/add/", holding.add, name="add"),
    path("renewal/activities/<uuid:id>/", holding.activity, name="activity"),
    path("renewal/activities/<uuid:id>/kind/", holding.kind, name="kind"),
    path("renewal/activities/<uuid:id>/remove/", holding.remove, name="remove"),
    path("renewal/documents/<uuid:id>/", holding.open_proof, name="open_proof"),
    path("renewal/documents/<uuid:id>/remove/", holding.remove_proof, name="remove_proof"),
    path("renewal/check/", holding.check, name="check"),
    path("renewal/take-back/", holding.take_back, name="take_back"),
    path("renewal/resume/", holding.resume, name="resume"),
    path("renewal/copies/<uuid:id>/", holding.copy, name="copy"),
    path("renewal/sample/", holding.sample, name="sample"),
    path("renewals/", office.queue, name="queue"),
    path("renewals/<uuid:id>/", office.review, name="review"),
    path("renewals/<uuid:id>/decide/", office.decide, name="decide"),
    path("renewals/documents/<uuid:id>/", office.open_proof, name="review_proof"),
]
