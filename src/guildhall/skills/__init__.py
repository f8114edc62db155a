"""Occupations and their classification; skills and levels."""
