"""URLs of the app `people`; allauth brings its own under /account/."""

from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("account/me/", views.account, name="account"),
    path("account/me/preferences/", views.preferences, name="preferences"),
    path("account/me/download/", views.download, name="download"),
    path("account/me/download/<uuid:id>/", views.download_file, name="download_file"),
    path("account/me/security/", views.security_page, name="security"),
    path("account/undo/<str:token>/", views.undo, name="undo"),
    path("contact/", views.contact, name="contact"),
    path("contact/sent/", views.contact_sent, name="contact_sent"),
    path("office/questions/<uuid:id>/", views.inquiry, name="inquiry"),
    path("office/questions/<uuid:id>/answer/", views.answer, name="answer"),
    path("office/questions/<uuid:id>/close/", views.close, name="close"),
    path("office/people/<uuid:id>/roles/<str:role>/give/", views.give_role, name="give_role"),
    path("office/people/<uuid:id>/roles/<str:role>/end/", views.take_role, name="take_role"),
    path("office/people/<uuid:id>/security/", views.person_security, name="person_security"),
    path("office/people/<uuid:id>/lock/", views.lock, name="lock"),
    path("office/people/<uuid:id>/reopen/", views.reopen, name="reopen"),
    path("documents/<uuid:id>/", views.document, name="document"),
    path("documents/<uuid:id>/replace/", views.replace_document, name="replace_document"),
    path("documents/<uuid:id>/<int:number>/", views.picture, name="picture"),
]
