"""Doors of the office: signing in and out, second factors, sessions, choosing a role, and the desk."""

from __future__ import annotations

from guildhall.office.pages import factors, identity
from guildhall.office.pages.audit import audit, audit_export
from guildhall.office.pages.desk import desk, role
from guildhall.office.pages.entrance import sign_in, sign_in_as, sign_out
from guildhall.office.pages.phone import sign_in_code, sign_in_phone
from guildhall.office.pages.sessions import sessions
from guildhall.office.pages.staff import change_password, closed, confirm, give_up, invitation, sign_in_staff
from guildhall.office.pages.tokens import tokens

__all__ = [
    "audit",
    "audit_export",
    "change_password",
    "closed",
    "confirm",
    "desk",
    "factors",
    "give_up",
    "identity",
    "invitation",
    "role",
    "sessions",
    "sign_in",
    "sign_in_as",
    "sign_in_code",
    "sign_in_phone",
    "sign_in_staff",
    "sign_out",
    "tokens",
]
