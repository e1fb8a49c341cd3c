"""The addresses under /billing/."""

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("", views.list_charges, name="list"),
    path("stripe/webhook/", views.webhook, name="webhook"),
    path("<uuid:id>/", views.charge, name="charge"),
    path("<uuid:id>/pay/", views.pay, name="pay"),
    path("<uuid:id>/receipt/", views.receipt, name="receipt"),
    path("payments/<uuid:id>/give-back/", views.give_back, name="give_back"),
    path("payments/<uuid:id>/close/", views.close, name="close"),
    path("refunds/<uuid:id>/ask-again/", views.ask_again, name="ask_again"),
    path("refunds/<uuid:id>/close/", views.close_refund, name="close_refund"),
]
