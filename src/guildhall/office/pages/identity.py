"""People of the city sign in with the city's unified identity."""

from __future__ import annotations

import logging
from typing import Any, cast

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import LoginCancelledView, LoginErrorView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from requests import RequestException

from guildhall.kernel.errors import GuildhallError
from guildhall.office import identity
from guildhall.office.pages.addresses import onward
from guildhall.web.doors import no_such_page
from guildhall.web.viewer import viewer_of

cancelled = LoginCancelledView.as_view()
failed = LoginErrorView.as_view()


def sign_in_identity(request: HttpRequest) -> HttpResponse:
    """Leads to the unified identity, which leads back here."""
    if not identity.is_set():
        raise no_such_page()
    if viewer_of(request).account:
        return redirect(onward(request))
    try:
        return cast(HttpResponse, identity.begin(request, onward(request)))
    except (RequestException, OAuth2Error, ValueError, KeyError) as error:
        logging.getLogger(__name__).warning("the unified identity does not answer as it should: %s", type(error).__name__)
        raise GuildhallError(
            _("The unified identity does not answer"),
            why=_("the city's service for signing in cannot be reached at the moment"),
            next=_("try again in a few minutes, or sign in with a code by text message"),
        ) from None


def callback(request: HttpRequest) -> HttpResponse:
    """Where the unified identity leads back to."""
    if not identity.is_set():
        raise no_such_page()
    view: Any = OAuth2CallbackView.adapter_view(identity.CityIdentity(request))
    return cast(HttpResponse, view(request))
