"""Which address leads to which door; holds no logic."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from guildhall.overview import api as overview_api
from guildhall.overview import pages as overview
from guildhall.registry import api as registry_api
from guildhall.registry import pages as registry
from guildhall.skills import api as skills_api
from guildhall.skills import pages as skills
from guildhall.web import pages as web
from guildhall.web.answers import interface

api = interface()
for domain in (overview_api, registry_api, skills_api):
    api.add_router("", domain.router)

urlpatterns = [
    path("healthz", web.health, name="health"),
    path("api/v1/", api.urls),
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
        path("places/", registry.places, name="places"),
        path("places/<str:place_id>/", registry.place, name="place"),
        path("organisations/", registry.organisations, name="organisations"),
        path("organisations/<int:organisation_id>/", registry.organisation, name="organisation"),
        path("occupations/", skills.occupations, name="occupations"),
        path("occupations/<str:code>/", skills.occupation, name="occupation"),
        path("api/", web.documentation, {"schema": api.get_openapi_schema}, name="documentation"),
    ),
]

handler400 = "guildhall.web.pages.bad_request"
handler404 = "guildhall.web.pages.not_found"
handler500 = "guildhall.web.pages.server_error"
