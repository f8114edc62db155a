"""A seeded synthetic city: a pack goes in, the registry's tables come out. See docs/method/synthetic-city.md."""

from guildhall.synth.writing import VERSION, build

__all__ = ["VERSION", "build"]
