"""What can be done with the registry: verbs, each atomic, called by one page, route or command."""

from __future__ import annotations

from guildhall.registry.load import BINDINGS, LoadReport, Progress, load_folder
from guildhall.registry.snapshot import TABLES as PUBLISHED
from guildhall.registry.snapshot import origin
from guildhall.registry.snapshot import read as read_published

__all__ = ["BINDINGS", "PUBLISHED", "LoadReport", "Progress", "load_folder", "origin", "read_published"]
