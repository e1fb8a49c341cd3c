"""The addresses under /billing/."""

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("", views.list_charges, name="list"),
    path("stripe/webhook/", views.webhook, name="webhook"),
    path("<uuid:id>/", views.charge, name="charge"),
    path("<uuid:id>/pay/", views.pay, name="pay"),
    path("<uuid:id>/check-or-order/", views.other_ways, name="other_ways"),
    path("<uuid:id>/receipt/", views.receipt, name="receipt"),
    path("<uuid:id>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("<uuid:id>/check/", views.record_check, name="record_check"),
    path("<uuid:id>/refund/", views.refund, name="refund"),
    path("payments/<uuid:id>/give-back/", views.give_back, name="give_back"),
    path("payments/<uuid:id>/close/", views.close, name="close"),
    path("payments/<uuid:id>/bounce/", views.bounce, name="bounce"),
    path("refunds/<uuid:id>/ask-again/", views.ask_again, name="ask_again"),
    path("refunds/<uuid:id>/close/", views.close_refund, name="close_refund"),
    path("refunds/<uuid:id>/send-check/", views.send_check, name="send_check"),
    path("orders/", views.orders, name="orders"),
    path("orders/new/", views.new_order, name="new_order"),
    path("orders/<uuid:id>/", views.order, name="order"),
    path("orders/<uuid:id>/change/", views.change_order, name="change_order"),
    path("orders/<uuid:id>/people/", views.add_people, name="add_people"),
    path("orders/<uuid:id>/people/<uuid:seat>/remove/", views.remove_person, name="remove_person"),
    path("orders/<uuid:id>/send/", views.send_order, name="send_order"),
    path("orders/<uuid:id>/withdraw/", views.withdraw_order, name="withdraw_order"),
    path("orders/<uuid:id>/document/", views.open_document, name="open_document"),
    path("orders/<uuid:id>/send-back/", views.send_back, name="send_back"),
    path("orders/<uuid:id>/invoice/", views.invoice_order, name="invoice_order"),
    path("invoices/<uuid:id>/", views.invoice, name="invoice"),
    path("invoices/<uuid:id>/pdf/", views.invoice_pdf, name="invoice_pdf"),
    path("invoices/<uuid:id>/payments/", views.record_payment, name="record_payment"),
    path("invoices/<uuid:id>/use-credit/", views.use_credit, name="use_credit"),
    path("invoices/<uuid:id>/credit-note/", views.credit_note, name="credit_note"),
    path("credit-notes/<uuid:id>/pdf/", views.credit_note_pdf, name="credit_note_pdf"),
    path("seats/<uuid:id>/accept/", views.accept_seat, name="accept_seat"),
    path("payers/<uuid:id>/", views.payer, name="payer"),
    path("payers/<uuid:id>/pay-out/", views.pay_out, name="pay_out"),
    path("payers/<uuid:id>/contacts/", views.add_contact, name="add_contact"),
    path("fees/", views.fees, name="fees"),
    path("fees/add/", views.add_fee, name="add_fee"),
    path("fees/<int:id>/take-back/", views.take_back_fee, name="take_back_fee"),
    path("fees/terms/", views.add_terms, name="add_terms"),
]
