"""The repository beside its code: each dependency says why, locks agree and name no host, nothing of one machine, few skips."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import repository
from tests.house.shape import MODULE_LINES
from tests.house.tree import REPOSITORY

SKIP_CAP = 6
"""Raise it only with a reason in the commit: what is skipped is not tested."""
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")


def _read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_each_dependency_says_why_it_is_there() -> None:
    faults = repository.uncommented(_read("pyproject.toml"))
    assert not faults, "\n".join(faults)
    assert repository.uncommented('  "django>=5",  # the application\n  "leftpad>=1",\n') == ['"leftpad>=1",']


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_versions_and_hashes_and_names_no_host(lock: str) -> None:
    text = _read(lock)
    assert repository.pins(text)
    assert repository.unhashed(text) == []
    assert "://" not in text


def test_development_lock_holds_all_that_the_demonstration_runs_on() -> None:
    run, dev = (repository.pins(_read(name)) for name in LOCKS[:2])
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_nothing_of_one_machine_is_tracked() -> None:
    faults = repository.machine_traces(REPOSITORY, repository.tracked(REPOSITORY))
    assert not faults, "\n".join(faults)


def test_no_page_asks_another_host_for_anything() -> None:
    faults = repository.outside_requests(REPOSITORY, repository.tracked(REPOSITORY))
    assert not faults, "\n".join(faults)


def test_skips_are_few() -> None:
    found = repository.skips(REPOSITORY)
    assert len(found) <= SKIP_CAP, "\n".join(found)


def test_tests_read_no_clock() -> None:
    faults = repository.clocks(REPOSITORY)
    assert not faults, "\n".join(faults)


def test_modules_of_tests_are_of_a_size_to_read() -> None:
    faults = repository.long_modules(REPOSITORY, MODULE_LINES)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("name", "text", "check"),
    [
        ("notes.md", "see /" + "home/alice/guildhall\n", repository.machine_traces),
        ("fetch.sh", "curl https://files.python" + "hosted.org/x\n", repository.machine_traces),
        ("src/page.html", '<script src="https://cdn.example/x.js"></script>\n', repository.outside_requests),
        ("src/page.css", "@import url('//fonts.example/x.css');\n", repository.outside_requests),
        ("src/page.js", 'fetch("https://example/x")\n', repository.outside_requests),
    ],
)
def test_traces_and_requests_are_found(name: str, text: str, check: object, tmp_path: Path) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assert callable(check)
    assert len(check(tmp_path, [file])) == 1


def test_a_link_a_reader_follows_is_no_request(tmp_path: Path) -> None:
    page = tmp_path / "src" / "page.html"
    page.parent.mkdir()
    page.write_text('<a href="https://www.example/law">source</a> <script src="/static/x.js"></script>\n')
    assert repository.outside_requests(tmp_path, [page]) == []


def test_a_clock_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("DAY = date.today()\nTEXT = 'date.today()'\n")
    assert repository.clocks(tmp_path) == ["tests/test_x.py:1"]


def test_skips_are_counted(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("import pytest\n@pytest.mark.xfail\ndef test_x():\n    pytest.skip('no')\n")
    assert len(repository.skips(tmp_path)) == 2
