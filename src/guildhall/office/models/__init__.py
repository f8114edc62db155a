"""Rows of the office. People and organisations are named by their keys only: the office stands below the registry."""

from guildhall.office.models.accounts import ROLES, STAFF, Account, ApiToken, Grant, Mandate, Reset, RoleWish, SmsCode
from guildhall.office.models.audit import AuditCheck, AuditEvent, ChainHead, Seal
from guildhall.office.models.papers import Attachment, Notice
from guildhall.office.models.parameters import ParameterConfirmation
from guildhall.office.models.work import Job

__all__ = [
    "ROLES",
    "STAFF",
    "Account",
    "ApiToken",
    "Attachment",
    "AuditCheck",
    "AuditEvent",
    "ChainHead",
    "Grant",
    "Job",
    "Mandate",
    "Notice",
    "ParameterConfirmation",
    "Reset",
    "RoleWish",
    "Seal",
    "SmsCode",
]
