"""Papers as those who may see their subject see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.office.models import Attachment
from guildhall.web.viewer import Viewer

Visible = Callable[[Viewer, int, date], bool]
Removable = Callable[[int], bool]


def subject_visible(viewer: Viewer, subject: str, now: datetime) -> bool:
    """Whether the viewer may see a subject, as the domain that owns its kind says; an unknown kind is visible to nobody."""
    kind, _colon, key = subject.partition(":")
    kinds: Mapping[str, Visible] = import_string(settings.OFFICE_VISIBLE)
    return kind in kinds and key.isdigit() and kinds[kind](viewer, int(key), timezone.localdate(now))


def attachment(viewer: Viewer, attachment_id: int, now: datetime) -> Attachment:
    """A paper that has not been removed. Raises NotFound, also where the viewer may not see its subject."""
    row = Attachment.objects.filter(pk=attachment_id, removed_at=None).first()
    if row is None or not subject_visible(viewer, row.subject, now):
        raise NotFound(_("There is no such paper"), next=_("go back to your desk"))
    return row


def is_removable(row: Attachment) -> bool:
    """Whether whoever brought a paper may still take it away, as the domain that owns its subject says; any, where none says so."""
    kind, _colon, key = row.subject.partition(":")
    kinds: Mapping[str, Removable] = import_string(settings.OFFICE_REMOVABLE)
    return kind not in kinds or kinds[kind](int(key))


def attachments(viewer: Viewer, subject: str, now: datetime) -> list[Attachment]:
    """The papers of a subject in the order in which they came; none where the viewer may not see it."""
    if not subject_visible(viewer, subject, now):
        return []
    return list(Attachment.objects.filter(subject=subject, removed_at=None).order_by("pk"))
