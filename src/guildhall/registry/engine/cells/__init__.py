"""Cells that people fill in, one by one, into typed values: dates, numbers, words of closed lists, places, occupations.

Each reader takes the text of a cell and gives a `Read`, a value with perhaps a note, or raises `Wrong` with the problem in both
languages. Rosters and feeds are read with the same readers.
"""
