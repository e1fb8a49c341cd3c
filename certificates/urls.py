"""URLs of the app `certificates`."""

from django.urls import path

from certificates.views import holders, office, public

app_name = "certificates"
urlpatterns = [
    path("certificates/", holders.mine, name="mine"),
    path("certificates/ask/", holders.ask, name="ask"),
    path("certificates/listing/", holders.listing, name="listing"),
    path("certificates/waiting/", office.waiting, name="waiting"),
    path("certificates/issue/", office.issue, name="issue"),
    path("certificates/issued/", office.issued, name="issued"),
    path("certificates/<uuid:id>/", office.certificate, name="certificate"),
    path("certificates/<uuid:id>/pdf/", holders.pdf, name="pdf"),
    path("certificates/<uuid:id>/letter/", holders.letter, name="letter"),
    path("certificates/letters/<uuid:id>/", holders.letter_pdf, name="letter_pdf"),
    path("certificates/<uuid:id>/suspend/", office.suspend, name="suspend"),
    path("certificates/<uuid:id>/reinstate/", office.reinstate, name="reinstate"),
    path("certificates/<uuid:id>/stand/", office.stand, name="stand"),
    path("certificates/<uuid:id>/revoke/", office.revoke, name="revoke"),
    path("certificates/<uuid:id>/replace/", office.replace, name="replace"),
    path("certificates/revocations/<uuid:id>/confirm/", office.confirm_revocation, name="confirm_revocation"),
    path("certificates/revocations/<uuid:id>/drop/", office.drop_revocation, name="drop_revocation"),
    path("verify/", public.verify, name="verify"),
    path("v/<str:number>/", public.number, name="number"),
    path("directory/", public.directory, name="directory"),
]
