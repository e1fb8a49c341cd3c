"""The addresses under /demo/."""

from django.urls import path

from demo import views

app_name = "demo"
urlpatterns = [
    path("", views.people, name="people"),
    path("letters/", views.letters, name="letters"),
    path("letters/<uuid:id>/", views.letter, name="letter"),
    path("letters/<uuid:id>/date.ics", views.letter_calendar, name="letter_calendar"),
]
