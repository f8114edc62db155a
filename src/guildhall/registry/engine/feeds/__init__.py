"""Files from other authorities into typed rows: one documented contract each, read with the same machine as rosters."""

from __future__ import annotations

from guildhall.registry.engine.feeds.contracts import CONTRACTS, HARDSHIPS, Contract, FeedColumn
from guildhall.registry.engine.feeds.reading import FeedRow, OpenFeed, open_feed

__all__ = ["CONTRACTS", "HARDSHIPS", "Contract", "FeedColumn", "FeedRow", "OpenFeed", "open_feed"]
