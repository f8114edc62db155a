"""Which address leads to which door; holds no logic."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from guildhall.office import pages as office
from guildhall.overview import api as overview_api
from guildhall.overview import pages as overview
from guildhall.registry import api as registry_api
from guildhall.registry import pages as registry
from guildhall.skills import api as skills_api
from guildhall.skills import pages as skills
from guildhall.web import pages as web
from guildhall.web.answers import interface
from guildhall.web.pages import read_only, with_form

api = interface()
for domain in (overview_api, registry_api, skills_api):
    api.add_router("", domain.router)

urlpatterns = [
    path("healthz", read_only(web.health), name="health"),
    path("api/v1/", api.urls),
    *i18n_patterns(
        path("", read_only(overview.city), name="city"),
        path("figures/", read_only(overview.figures), name="figures"),
        path("figures/<str:figure_id>/", read_only(overview.figure), name="figure"),
        path("districts/<str:place_id>/", read_only(overview.district), name="district"),
        path("parks/", read_only(overview.parks), name="parks"),
        path("parks/<str:place_id>/", read_only(overview.park), name="park"),
        path("assumptions/", read_only(overview.assumptions), name="assumptions"),
        path("sources/", read_only(overview.sources), name="sources"),
        path("dictionary/", read_only(overview.dictionary), name="dictionary"),
        path("places/", read_only(registry.places), name="places"),
        path("places/<str:place_id>/", read_only(registry.place), name="place"),
        path("organisations/", read_only(registry.organisations), name="organisations"),
        path("organisations/<int:organisation_id>/", read_only(registry.organisation), name="organisation"),
        path("occupations/", read_only(skills.occupations), name="occupations"),
        path("occupations/<str:code>/", read_only(skills.occupation), name="occupation"),
        path("sign-in/", read_only(office.sign_in), name="sign_in"),
        path("sign-in/as/", with_form(office.sign_in_as), name="sign_in_as"),
        path("sign-out/", with_form(office.sign_out), name="sign_out"),
        path("desk/", read_only(office.desk), name="desk"),
        path("role/", with_form(office.role), name="role"),
        path("api/", read_only(web.documentation), {"schema": api.get_openapi_schema}, name="documentation"),
    ),
]

handler400 = "guildhall.web.pages.bad_request"
handler403 = "guildhall.web.pages.forbidden"
handler404 = "guildhall.web.pages.not_found"
handler500 = "guildhall.web.pages.server_error"
