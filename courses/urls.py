"""Addresses of the catalog, the agreements, and completions."""

from django.urls import path

from courses.views import catalog, claiming, deciding

app_name = "courses"

urlpatterns = [
    path("courses/", catalog.catalog, name="catalog"),
    path("courses/<uuid:id>/", catalog.offering, name="offering"),
    path("courses/<uuid:id>/finished/", claiming.claim, name="claim"),
    path("courses/<uuid:id>/approval/", deciding.approval, name="approval"),
    path("agreements/", catalog.agreements, name="agreements"),
    path("completions/", deciding.completions, name="completions"),
    path("completions/mine/<uuid:id>/", claiming.claimed, name="claimed"),
    path("completions/mine/<uuid:id>/proof/", claiming.open_proof, name="open_proof"),
    path("completions/mine/<uuid:id>/withdraw/", claiming.withdraw, name="withdraw"),
    path("completions/<uuid:id>/", deciding.completion, name="completion"),
    path("completions/<uuid:id>/proof/", deciding.review_proof, name="review_proof"),
    path("completions/<uuid:id>/accept/", deciding.accept, name="accept"),
    path("completions/<uuid:id>/refuse/", deciding.refuse, name="refuse"),
]
