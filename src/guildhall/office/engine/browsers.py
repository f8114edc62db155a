"""What a browser calls itself, in words that people know."""

from __future__ import annotations

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Linux", "Linux"),
)
"""Marks in what browsers call themselves, the more particular ones first: nearly all of them also say that they are Safari."""


def called(agent: str) -> str:
    """What a browser calls itself, in two words: Chrome, Windows. What cannot be told apart is left out."""
    parts = (next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(part for part in parts if part) or agent[:60]
