"""The small city, for queries and pages."""

from tests.shown import browser, computed, records, shown

__all__ = ["browser", "computed", "records", "shown"]
