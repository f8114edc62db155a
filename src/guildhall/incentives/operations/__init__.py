"""Writes: each step of a claim is a verb of its own, checked, recorded and told to those it concerns."""
