"""A city as data: packs of TOML and CSV files, read with every fault named, and the city they describe."""

from guildhall.city.law import rule_parameters
from guildhall.city.loader import check, load, names
from guildhall.city.model import City
from guildhall.city.parameters import minimum_wage
from guildhall.city.places import measure, responsible_today, unit_of, units
from guildhall.city.skeleton import new

__all__ = ["City", "check", "load", "measure", "minimum_wage", "names", "new", "responsible_today", "rule_parameters", "unit_of", "units"]
