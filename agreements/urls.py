"""Addresses of the agreements for everyone, the graduate, the college and the office."""

from django.urls import path

from agreements.views import colleges, office, public

app_name = "agreements"

urlpatterns = [
    path("agreements/", public.agreements, name="list"),
    path("agreements/<uuid:id>/", public.agreement, name="agreement"),
    path("agreements/<uuid:id>/graduated/", public.claim, name="claim"),
    path("graduated/<uuid:id>/", public.claimed, name="claimed"),
    path("graduated/<uuid:id>/transcript/", public.open_transcript, name="open_transcript"),
    path("graduated/<uuid:id>/withdraw/", public.withdraw, name="withdraw_claim"),
    path("college/", colleges.college, name="college"),
    path("college/begin/", colleges.begin, name="begin"),
    path("college/<uuid:id>/", colleges.agreement, name="program"),
    path("college/<uuid:id>/withdraw/", colleges.withdraw, name="withdraw"),
    path("college/<uuid:id>/renew/", colleges.renew, name="renew"),
    path("college/<uuid:id>/graduates/", colleges.post, name="post_graduate"),
    path("college/graduates/<uuid:id>/remove/", colleges.unpost, name="unpost_graduate"),
    path("office/agreements/", office.programs, name="submitted"),
    path("office/agreements/signed/", office.signed, name="signed"),
    path("office/agreements/<uuid:id>/", office.review, name="review"),
    path("office/agreements/<uuid:id>/sign/", office.sign, name="sign"),
    path("office/agreements/<uuid:id>/enter/", office.state, name="state"),
    path("office/agreements/<uuid:id>/ask/", office.ask, name="ask"),
    path("office/agreements/<uuid:id>/refuse/", office.refuse, name="refuse"),
    path("office/agreements/<uuid:id>/end/", office.end, name="end"),
    path("office/colleges/", office.colleges, name="colleges"),
    path("office/colleges/<uuid:id>/", office.contacts, name="contacts"),
    path("office/colleges/<uuid:id>/remove/", office.remove_contact, name="remove_contact"),
    path("office/graduates/", office.claims, name="graduates"),
    path("office/graduates/<uuid:id>/", office.claim, name="graduate"),
    path("office/graduates/<uuid:id>/transcript/", office.review_transcript, name="review_transcript"),
    path("office/graduates/<uuid:id>/accept/", office.accept_claim, name="accept_graduate"),
    path("office/graduates/<uuid:id>/refuse/", office.refuse_claim, name="refuse_graduate"),
]
