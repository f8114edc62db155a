"""Doors of the office: signing in and out, choosing a role, and the desk."""

from __future__ import annotations

from guildhall.office.pages.desk import desk, role
from guildhall.office.pages.entrance import sign_in, sign_in_as, sign_out

__all__ = ["desk", "role", "sign_in", "sign_in_as", "sign_out"]
