"""Addresses that several pages lead to."""

from __future__ import annotations

from django.urls import reverse


def table(name: str) -> str:
    """The address that says what the columns of a table mean, by its full name: registry.workers."""
    return f"{reverse('dictionary_of', args=[name.partition('.')[0]])}#{name}"
