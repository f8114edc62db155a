"""Rows of the registry. Columns carry the names of the published tables, so loading and reading need no mapping.

What can be wrong in one row is refused by the database itself; what needs several rows is checked where rows come in.
Text that is sorted or searched is compared byte by byte, and each index begins with the column that narrows a search.
"""

from __future__ import annotations

from guildhall.registry.models.batches import (
    ColumnMapping,
    Feed,
    ImportBatch,
    ImportChunk,
    LoadBatch,
    RejectedRow,
    days_of_feeds,
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
    FormerName,
    Identity,
    IdentityDocument,
    NumberChange,
    Superseded,
    Worker,
)
from guildhall.registry.models.places import Organisation, Place, PlaceParent, PlaceSuccessor
from guildhall.registry.models.representatives import Representative
from guildhall.registry.models.sealed import hashed_names, hashed_word, hashed_words, identity_fields, sealed_identity, vault
from guildhall.registry.models.wishes import Wish

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
    "FormerName",
    "Identity",
    "IdentityDocument",
    "ImportBatch",
    "ImportChunk",
    "InsuranceSpell",
    "LoadBatch",
    "NumberChange",
    "Organisation",
    "Place",
    "PlaceParent",
    "PlaceSuccessor",
    "RejectedRow",
    "ReportedFact",
    "Representative",
    "Superseded",
    "Wish",
    "Worker",
    "days_of_feeds",
    "hashed_names",
    "hashed_word",
    "hashed_words",
    "identity_fields",
    "refuse_unfinished",
    "sealed_identity",
    "vault",
]
