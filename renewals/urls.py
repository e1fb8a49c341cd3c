"""URLs of the app `renewals`."""

from django.urls import path

from renewals.views import holders, office

app_name = "renewals"
urlpatterns = [
    path("renewal/", holders.renewal, name="renewal"),
    path("renewal/activities/add/", holders.add, name="add"),
    path("renewal/activities/<uuid:id>/", holders.activity, name="activity"),
    path("renewal/activities/<uuid:id>/kind/", holders.kind, name="kind"),
    path("renewal/activities/<uuid:id>/remove/", holders.remove, name="remove"),
    path("renewal/documents/<uuid:id>/", holders.open_proof, name="open_proof"),
    path("renewal/documents/<uuid:id>/remove/", holders.remove_proof, name="remove_proof"),
    path("renewal/check/", holders.check, name="check"),
    path("renewal/withdraw/", holders.withdraw, name="withdraw"),
    path("renewal/resume/", holders.resume, name="resume"),
    path("renewal/copies/<uuid:id>/", holders.copy, name="copy"),
    path("renewal/sample/", holders.sample, name="sample"),
    path("renewals/", office.queue, name="queue"),
    path("renewals/<uuid:id>/", office.review, name="review"),
    path("renewals/<uuid:id>/decide/", office.decide, name="decide"),
    path("renewals/documents/<uuid:id>/", office.open_proof, name="review_proof"),
]
