"""Rows of the registry. Columns carry the names of the published tables, so loading and reading need no mapping.

What can be wrong in one row is refused by the database itself; what needs several rows is checked where rows come in.
Text that is sorted or searched is compared byte by byte, and each index begins with the column that narrows a search.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings

from guildhall.office.vault import Vault
from guildhall.registry.models.batches import (
    ColumnMapping,
    Feed,
    ImportBatch,
    ImportChunk,
    LoadBatch,
    RejectedRow,
    refuse_unfinished,
)
from guildhall.registry.models.facts import (
    Certificate,
    CertificateNumber,
    ClaimedCertificate,
    EmploymentSpell,
    InsuranceSpell,
    ReportedFact,
)
from guildhall.registry.models.people import (
    Alias,
    Consent,
    CorrectionRequest,
    DuplicatePair,
    Identity,
    IdentityDocument,
    Superseded,
    Worker,
)
from guildhall.registry.models.places import Organisation, Place, PlaceParent, PlaceSuccessor

__all__ = [
    "Alias",
    "Certificate",
    "CertificateNumber",
    "ClaimedCertificate",
    "ColumnMapping",
    "Consent",
    "CorrectionRequest",
    "DuplicatePair",
    "EmploymentSpell",
    "Feed",
    "Identity",
    "IdentityDocument",
    "ImportBatch",
    "ImportChunk",
    "InsuranceSpell",
    "LoadBatch",
    "Organisation",
    "Place",
    "PlaceParent",
    "PlaceSuccessor",
    "RejectedRow",
    "ReportedFact",
    "Superseded",
    "Worker",
    "refuse_unfinished",
    "vault",
]


@cache
def _vault_of(key: str) -> Vault:
    return Vault(key)


def vault() -> Vault:
    """The vault of this installation, under the key in its settings."""
    return _vault_of(settings.IDENTITY_KEY)
