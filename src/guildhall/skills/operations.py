"""What can be done with occupations: verbs, each atomic, called by one page, route or command."""

from __future__ import annotations

from guildhall.skills.load import BINDINGS
from guildhall.skills.snapshot import TABLES as PUBLISHED
from guildhall.skills.snapshot import read as read_published

__all__ = ["BINDINGS", "PUBLISHED", "read_published"]
