"""Writes of the office: verbs, keyword-only, atomic, audited."""
