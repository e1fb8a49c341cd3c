"""The addresses under /demo/."""

from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [
    path("", views.people, name="people"),
    path("emails/", views.emails, name="emails"),
    path("emails/<uuid:id>/", views.email, name="email"),
    path("emails/<uuid:id>/date.ics", views.email_calendar, name="email_calendar"),
]
