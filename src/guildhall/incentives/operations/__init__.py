"""Writes: each step of a claim is a verb of its own, checked, recorded and told to those it concerns."""

from __future__ import annotations

from guildhall.incentives.load import BINDINGS
from guildhall.incentives.snapshot import TABLES as PUBLISHED
from guildhall.incentives.snapshot import read as read_published

__all__ = ["BINDINGS", "PUBLISHED", "read_published"]
