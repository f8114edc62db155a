"""The overview's pages: the city, its figures, districts and parks, and what all of it rests on."""

from __future__ import annotations

from guildhall.overview.pages.about import assumptions, dictionary, dictionary_of, sources
from guildhall.overview.pages.city import city
from guildhall.overview.pages.figures import figure, figures
from guildhall.overview.pages.open_data import open_data, open_data_file
from guildhall.overview.pages.places import district, park, parks

__all__ = [
    "assumptions",
    "city",
    "dictionary",
    "dictionary_of",
    "district",
    "figure",
    "figures",
    "open_data",
    "open_data_file",
    "park",
    "parks",
    "sources",
]
