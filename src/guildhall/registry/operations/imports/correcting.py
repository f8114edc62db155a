"""The rows of a roster that were not taken, in full, for whoever corrects them: each time they are taken along is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.operations import audit
from guildhall.registry.engine.roster import Rejected
from guildhall.registry.models import ImportBatch
from guildhall.registry.operations.imports.batches import subject
from guildhall.registry.queries.imports import may_take_rejected, rejected
from guildhall.web.viewer import Viewer

TAKEN = "registry.take_rejected"


def take_rejected(*, batch: ImportBatch, by: Viewer, now: datetime) -> Iterator[Rejected]:
    """Those rows, with every number in full; recorded with how many they are.

    Raises NotFound for anybody but whoever brought the file and its organisation, before it is applied, and where none are kept.
    """
    if not may_take_rejected(by, batch):
        raise NotFound(_("No rejected rows are kept of this import"))
    rows = batch.rejected_rows.filter(cells_sealed__isnull=False).count()
    audit.record(subject=subject(batch), action=TAKEN, by=by, now=now, details={"rows": rows}, batch=batch.pk)
    return rejected(batch)
