"""Rows of incentives: the way of a claim, and what the rules read that no other domain keeps."""

from __future__ import annotations

from guildhall.incentives.models.candidates import Candidate, CandidateRun
from guildhall.incentives.models.claims import Bundle, Check, Claim, Rulebook, Step
from guildhall.incentives.models.payments import Budget, Payment, PaymentBatch
from guildhall.incentives.models.sources import BenefitGrant, Business, EmployerYear, Statement, Training
from guildhall.incentives.models.verdicts import Appeal, Verdict

__all__ = [
    "Appeal",
    "BenefitGrant",
    "Budget",
    "Bundle",
    "Candidate",
    "CandidateRun",
    "Business",
    "Check",
    "Claim",
    "EmployerYear",
    "Payment",
    "PaymentBatch",
    "Rulebook",
    "Statement",
    "Step",
    "Training",
    "Verdict",
]
