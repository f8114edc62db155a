"""Which address leads to which door; holds no logic."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from guildhall.overview import pages as overview
from guildhall.web import pages as web

urlpatterns = [
    path("healthz", web.health, name="health"),
    *i18n_patterns(
        path("", overview.city, name="city"),
        path("figures/", overview.figures, name="figures"),
        path("figures/<str:figure_id>/", overview.figure, name="figure"),
        path("districts/<str:place_id>/", overview.district, name="district"),
        path("parks/", overview.parks, name="parks"),
        path("parks/<str:place_id>/", overview.park, name="park"),
        path("assumptions/", overview.assumptions, name="assumptions"),
        path("sources/", overview.sources, name="sources"),
        path("dictionary/", overview.dictionary, name="dictionary"),
        path("places/", overview.parks, name="places"),
        path("organisations/", overview.parks, name="organisations"),
        path("occupations/", overview.parks, name="occupations"),
        path("api/", overview.parks, name="documentation"),
    ),
]

handler400 = "guildhall.web.pages.bad_request"
handler404 = "guildhall.web.pages.not_found"
handler500 = "guildhall.web.pages.server_error"
