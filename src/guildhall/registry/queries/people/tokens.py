"""What a list of people puts into an address: where the list goes on, and what was asked. Both are sealed.

A cursor tells which records lie at the edge of a page, and a question holds a name or a number, so neither is ever in clear in an
address, a log or a browser's history. Each opens only for the viewer, and a cursor only for the question, that it was made for.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.utils.translation import gettext as _

from guildhall.kernel.errors import NotFound
from guildhall.kernel.runs import digest
from guildhall.office.vault import Unsealable, WrongKey
from guildhall.registry.models import vault
from guildhall.web.viewer import Viewer

TABLE = "registry.people_search"


def sealed(what: str, viewer: Viewer, value: Any, bound: Any = None) -> str:
    """`value` (JSON) as a text for an address, for this viewer, in this role, and with `bound`, alone."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(vault().seal(TABLE, what, _binding(viewer, bound), text)).decode().rstrip("=")


def opened(what: str, viewer: Viewer, text: str, bound: Any = None) -> Any:
    """What was sealed. Raises NotFound for anything that this viewer was not given for this question."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return json.loads(vault().open(TABLE, what, _binding(viewer, bound), raw))
    except (Unsealable, WrongKey, binascii.Error, ValueError):
        raise NotFound(_("The page asked for is not one this list gave out"), next=_("start again at the first page")) from None


def _binding(viewer: Viewer, bound: Any) -> str:
    return digest([viewer.name, viewer.role, viewer.grant, viewer.mandate, viewer.organisation, viewer.place, bound])
