"""Addresses of the room `certificates`."""

from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("certificates/", views.mine, name="mine"),
    path("certificates/ask/", views.ask, name="ask"),
    path("certificates/waiting/", views.waiting, name="waiting"),
    path("certificates/issue/", views.issue, name="issue"),
    path("certificates/issued/", views.issued, name="issued"),
    path("certificates/<uuid:id>/", views.certificate, name="certificate"),
    path("certificates/<uuid:id>/pdf/", views.pdf, name="pdf"),
    path("certificates/<uuid:id>/suspend/", views.suspend, name="suspend"),
    path("certificates/<uuid:id>/reinstate/", views.reinstate, name="reinstate"),
    path("certificates/<uuid:id>/revoke/", views.revoke, name="revoke"),
    path("certificates/<uuid:id>/replace/", views.replace, name="replace"),
    path("verify/", views.verify, name="verify"),
    path("v/<str:number>/", views.number, name="number"),
]
