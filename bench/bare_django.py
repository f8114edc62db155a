"""The least a Django page can cost: one view, no database, no template, no middleware."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="bench only, serves no one " * 2, ROOT_URLCONF=__name__)  # noqa: S106


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>bare</title><p>匠城")


urlpatterns = [path("", page)]
application = get_wsgi_application()
