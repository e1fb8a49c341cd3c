"""URLs of the app `webinars`."""

from django.urls import path

from webinars import views

app_name = "webinars"
urlpatterns = [
    path("webinars/", views.webinars, name="webinars"),
    path("webinars/<uuid:id>/", views.webinar, name="webinar"),
    path("webinars/leave/<str:key>/", views.leave, name="leave"),
    path("office/webinars/", views.office, name="office"),
    path("office/webinars/add/", views.add, name="add"),
    path("office/webinars/<uuid:id>/", views.guests, name="guests"),
    path("office/webinars/<uuid:id>/csv/", views.guests_csv, name="guests_csv"),
    path("office/webinars/<uuid:id>/change/", views.change, name="change"),
    path("office/webinars/<uuid:id>/cancel/", views.cancel, name="cancel"),
]
