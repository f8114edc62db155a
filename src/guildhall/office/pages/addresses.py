"""Where someone goes after signing in: back to the page that asked for it, never to another host."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def wanted(request: HttpRequest) -> str:
    """The page of this site that `next` names; empty where there is none, or where it lies elsewhere."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return address if own and not address.startswith("//") else ""


def onward(request: HttpRequest, door: str = "desk") -> str:
    """The page that was wanted, or the door."""
    return wanted(request) or reverse(door)


def carrying(request: HttpRequest, door: str) -> str:
    """The address of a door that keeps in mind which page was wanted."""
    address = wanted(request)
    return f"{reverse(door)}?{urlencode({'next': address})}" if address else reverse(door)
