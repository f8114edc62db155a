"""The small city, for pages and API."""

from tests.shown import browser, computed, records, shown

__all__ = ["browser", "computed", "records", "shown"]
