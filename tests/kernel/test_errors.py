"""Errors say what, why and what next; faults say where."""

from __future__ import annotations

import pytest

from guildhall.kernel.errors import AlreadyDone, Fault, FaultsFound, GuildhallError, NotFound


def test_an_error_shows_what_why_and_next_and_leaves_out_what_it_lacks() -> None:
    assert str(GuildhallError("No port", why="8000 is taken", next="try PORT=8001")) == "No port\nWhy: 8000 is taken\nNext: try PORT=8001"
    assert str(GuildhallError("No port", next="try PORT=8001")) == "No port\nNext: try PORT=8001"
    assert str(GuildhallError("No port")) == "No port"


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (Fault("a.csv", 3, "code", "holds a letter", "digits only"), "a.csv, row 3, column code: holds a letter — digits only"),
        (Fault("a.csv", 0, "code", "column is missing"), "a.csv, column code: column is missing"),
        (Fault("a.csv", 0, "", "is empty"), "a.csv: is empty"),
    ],
)
def test_a_fault_names_its_place(fault: Fault, shown: str) -> None:
    assert str(fault) == shown


def test_all_faults_are_carried_and_the_first_twenty_shown() -> None:
    error = FaultsFound("The file has faults", (Fault("a.csv", row, "", "odd") for row in range(2, 27)), next="mend it")
    assert len(error.faults) == 25
    shown = str(error).splitlines()
    assert shown[0] == "The file has faults"
    assert shown[2].strip() == "a.csv, row 2: odd"
    assert shown[-2].strip() == "… and 5 more"
    assert shown[-1] == "Next: mend it"


@pytest.mark.parametrize("kind", [FaultsFound, NotFound, AlreadyDone])
def test_everything_a_user_can_mend_is_one_family_apart_from_bugs(kind: type[Exception]) -> None:
    assert issubclass(kind, GuildhallError)
    assert not issubclass(GuildhallError, (ValueError, KeyError, TypeError, OSError))
