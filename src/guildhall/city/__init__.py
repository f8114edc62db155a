"""A city as data: packs of TOML and CSV files, read with every fault named, and the city they describe."""

from guildhall.city.loader import check, load, names
from guildhall.city.model import City

__all__ = ["City", "check", "load", "names"]
