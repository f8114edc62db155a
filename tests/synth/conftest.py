"""The cities of these tests: the tiny one whole, and Chongqing one in a hundred."""

from __future__ import annotations

from fractions import Fraction

import pytest

from guildhall.city import load
from guildhall.synth import build
from tests.synth.cities import Made

MODELS = {"tiny": "1", "chongqing": "0.01"}


def _make(name: str, factory: pytest.TempPathFactory) -> Made:
    city = load(name)
    folder = build(city, scale=Fraction(MODELS[name]), seed=7, out=factory.mktemp("synth") / name)
    return Made(city, MODELS[name], folder)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return _make("tiny", tmp_path_factory)


@pytest.fixture(scope="session")
def chongqing(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return _make("chongqing", tmp_path_factory)


@pytest.fixture(scope="session")
def third(chongqing: Made, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A model large enough for the largest enterprises."""
    return Made(chongqing.city, "0.3", build(chongqing.city, scale=Fraction("0.3"), seed=7, out=tmp_path_factory.mktemp("synth") / "third"))


@pytest.fixture(params=sorted(MODELS))
def made(request: pytest.FixtureRequest) -> Made:
    """Each model city in turn."""
    found: Made = request.getfixturevalue(request.param)
    return found
