"""Folders of tables and runs: whole or absent, recognised when nothing changed, and never holding identity they must not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guildhall.kernel.errors import FaultsFound, GuildhallError, NotFound
from guildhall.kernel.runs import (
    MANIFEST,
    RUN,
    Folder,
    FolderWriter,
    Manifest,
    Run,
    TableEntry,
    digest,
    digest_file,
    run,
    write_addressed,
    write_folder,
    write_text,
)
from guildhall.kernel.tables import COUNT, KEY, NAME, TEXT, Column, Table, Text

DOC = Text("说明", "doc")
NUMBERS = Table("tests.numbers", DOC, (Column("id", KEY, DOC), Column("word", NAME, DOC, nullable=True)), key=("id",))
TOTALS = Table("tests.totals", DOC, (Column("total", COUNT, DOC),), key=("total",))
SECRETS = Table("tests.secrets", DOC, (Column("id", KEY, DOC), Column("name", TEXT, DOC)), key=("id",), private=True)


def numbers(*ids: int) -> pa.Table:
    return NUMBERS.build({"id": list(ids), "word": ["a"] * len(ids)})


def write(path: Path, table: pa.Table, declared: Table = NUMBERS, kind: str = "snapshot", **meta: Any) -> Folder:
    return write_folder(
        path, id="x", kind=kind, version="1", as_of="2026-01-30", meta=meta, fill=lambda writer: writer.add(declared, table)
    )


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


class TestFolders:
    def test_a_folder_reads_back_as_it_was_written(self, tmp_path: Path) -> None:
        written = write(tmp_path / "deep" / "a", numbers(1, 2), scale="0.01", seed=7, zh="匠城")
        found = Folder.open(tmp_path / "deep" / "a")
        assert found == written
        assert found.manifest.meta == {"scale": "0.01", "seed": 7, "zh": "匠城"}
        assert found.read(NUMBERS) == numbers(1, 2)
        assert found.read(NUMBERS).schema == NUMBERS.schema
        assert found.read("tests.numbers").num_rows == 2
        assert found.sha256(NUMBERS) == digest_file(found.file(NUMBERS))
        assert found.damaged() == []
        assert names(tmp_path / "deep") == ["a"]

    def test_the_same_rows_give_the_same_bytes(self, tmp_path: Path) -> None:
        one, other = write(tmp_path / "a", numbers(1, 2)), write(tmp_path / "b", numbers(1, 2))
        assert one.manifest == other.manifest
        assert one.sha256(NUMBERS) != write(tmp_path / "c", numbers(1, 3)).sha256(NUMBERS)

    def test_a_new_folder_takes_the_place_of_the_old(self, tmp_path: Path) -> None:
        write(tmp_path / "a", numbers(1))
        write(tmp_path / "a", numbers(1, 2, 3))
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 3
        assert names(tmp_path) == ["a"]

    def test_what_is_found_out_while_filling_stands_in_the_manifest(self, tmp_path: Path) -> None:
        meta: dict[str, Any] = {}

        def fill(writer: FolderWriter) -> None:
            writer.add(NUMBERS, numbers(1))
            meta["fit"] = 3

        assert write_folder(tmp_path / "a", id="x", kind="city", version="1", as_of="", meta=meta, fill=fill).manifest.meta == {"fit": 3}

    def test_an_empty_folder_is_filled(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        assert write(tmp_path / "a", numbers(1)) == Folder.open(tmp_path / "a")

    @pytest.mark.parametrize("kind", ["notes", "file", "link", "snapshot", "damaged"])
    def test_nothing_of_anybody_else_is_replaced(self, tmp_path: Path, kind: str) -> None:
        path = tmp_path / "a"
        if kind == "notes":
            path.mkdir()
            (path / "notes.txt").write_text("mine")
        elif kind == "file":
            path.write_text("mine")
        elif kind == "link":
            path.symlink_to(write(tmp_path / "city", numbers(7), kind="city").path)
        else:
            write(path, numbers(7), kind="snapshot")
            if kind == "damaged":
                (path / MANIFEST).write_text("{")
        before = sorted((each, each.read_bytes()) for each in tmp_path.rglob("*") if each.is_file())
        with pytest.raises(GuildhallError, match="in the way") as caught:
            write_folder(path, id="x", kind="city", version="1", as_of="", meta={}, fill=lambda writer: pytest.fail("too late"))
        assert "does not exist" in caught.value.next
        assert sorted((each, each.read_bytes()) for each in tmp_path.rglob("*") if each.is_file()) == before

    def test_what_appears_while_writing_is_not_replaced_either(self, tmp_path: Path) -> None:
        def fill(writer: FolderWriter) -> None:
            (tmp_path / "a").write_text("mine")

        with pytest.raises(GuildhallError, match="in the way"):
            write_folder(tmp_path / "a", id="x", kind="city", version="1", as_of="", meta={}, fill=fill)
        assert names(tmp_path) == ["a"]

    def test_the_same_tables_again_are_the_newest(self, tmp_path: Path) -> None:
        def write_again(*ids: int) -> Folder:
            def fill(writer: FolderWriter) -> None:
                writer.add(NUMBERS, numbers(*ids))

            return write_addressed(tmp_path, kind="snapshot", version="1", as_of="", meta={}, fill=fill)

        one, two = write_again(1), write_again(2)
        for age, folder in enumerate((two, one), 1):
            os.utime(folder.path / MANIFEST, (age, age))
        assert write_again(2) == two
        assert (two.path / MANIFEST).stat().st_mtime > (one.path / MANIFEST).stat().st_mtime

    def test_what_a_folder_lacks_is_not_found(self, tmp_path: Path) -> None:
        folder = write(tmp_path / "a", numbers(1))
        assert folder.has(NUMBERS)
        assert not folder.has(TOTALS)
        for attempt in (folder.file, folder.read, folder.sha256):
            with pytest.raises(NotFound, match=r"tests\.totals"):
                attempt(TOTALS)
        (tmp_path / "file").write_text("not a folder")
        for nothing in ("b", "file"):
            with pytest.raises(NotFound, match="No tables"):
                Folder.open(tmp_path / nothing)

    @pytest.mark.parametrize("text", [b"{", b"[]", b"{}", b'{"tables": []}', b'{"tables": {"a": {"rows": 1}}}', b"\xff"])
    def test_a_manifest_that_cannot_be_read_says_what_to_do(self, tmp_path: Path, text: bytes) -> None:
        write(tmp_path / "a", numbers(1))
        (tmp_path / "a" / MANIFEST).write_bytes(text)
        with pytest.raises(GuildhallError) as caught:
            Folder.open(tmp_path / "a")
        assert not isinstance(caught.value, NotFound)
        assert caught.value.next == "delete the folder and build it again"

    def test_a_missing_or_cut_file_is_noticed_on_opening_and_a_changed_byte_on_reading_all(self, tmp_path: Path) -> None:
        folder = write(tmp_path / "a", numbers(1, 2, 3))
        file = folder.file(NUMBERS)
        content = file.read_bytes()
        file.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
        assert Folder.open(folder.path).damaged() == ["tests.numbers"]
        file.write_bytes(content[:-1])
        with pytest.raises(GuildhallError, match="not as it was written"):
            Folder.open(folder.path)
        file.unlink()
        with pytest.raises(GuildhallError, match="not as it was written"):
            Folder.open(folder.path)

    def test_a_table_that_breaks_its_declaration_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(FaultsFound) as caught:
            write(tmp_path / "a", numbers(1, 1))
        assert [fault.file for fault in caught.value.faults] == ["tests.numbers"]
        assert names(tmp_path) == []

    def test_column_order_and_looser_nulls_do_not_matter(self, tmp_path: Path) -> None:
        loose = pa.table({name: numbers(1, 2)[name] for name in ("word", "id")})
        assert write(tmp_path / "a", loose).read(NUMBERS) == numbers(1, 2)

    def test_large_tables_are_written_in_parts(self, tmp_path: Path) -> None:
        def fill(writer: FolderWriter) -> None:
            with writer.stream(NUMBERS, compression_level=3) as append:
                for start in range(0, 30, 10):
                    append(NUMBERS.build({"id": range(start, start + 10), "word": [str(start)] * 10}))

        folder = write_folder(tmp_path / "a", id="x", kind="snapshot", version="1", as_of="", meta={}, fill=fill)
        assert folder.manifest.tables["tests.numbers"].rows == 30
        assert folder.read(NUMBERS)["word"].to_pylist()[::10] == ["0", "10", "20"]
        assert pq.read_metadata(folder.file(NUMBERS)).num_row_groups == 3

    def test_private_tables_enter_only_a_made_up_city(self, tmp_path: Path) -> None:
        secrets = SECRETS.build({"id": [1], "name": ["王"]})
        assert write(tmp_path / "city", secrets, SECRETS, kind="city").has(SECRETS)
        for kind in ("snapshot", "run"):
            with pytest.raises(ValueError, match="private"):
                write(tmp_path / kind, secrets, SECRETS, kind=kind)
        assert names(tmp_path) == ["city"]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    import pyarrow as pa
    from guildhall.kernel.runs import write_folder
    from guildhall.kernel.tables import KEY, Column, Table, Text

    NUMBERS = Table("tests.numbers", Text("", ""), (Column("id", KEY, Text("", "")),), key=("id",))

    def fill(writer):
        writer.add(NUMBERS, NUMBERS.build({"id": [1]}))
        print("half-way", flush=True)
        sys.stdin.read()

    write_folder(Path(sys.argv[1]), id="x", kind="snapshot", version="1", as_of="", meta={}, fill=fill)
"""


@pytest.fixture
def half_way(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that stands in the middle of writing the folder `a`."""
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "a")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        yield process
        process.kill()


class TestKilled:
    def test_a_writer_killed_half_way_leaves_nothing_to_see_and_the_next_one_clears_up(
        self, tmp_path: Path, half_way: subprocess.Popen[str]
    ) -> None:
        os.kill(half_way.pid, signal.SIGKILL)
        half_way.wait()
        with pytest.raises(NotFound):
            Folder.open(tmp_path / "a")
        assert [name.startswith(".guildhall-draft-") for name in names(tmp_path)] == [True]
        write(tmp_path / "b", numbers(1))
        assert names(tmp_path) == ["b"]

    def test_a_writer_at_work_is_left_in_peace(self, tmp_path: Path, half_way: subprocess.Popen[str]) -> None:
        write(tmp_path / "b", numbers(1))
        half_way.communicate("")
        assert half_way.returncode == 0
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 1
        assert names(tmp_path) == ["a", "b"]

    def test_the_old_folder_stands_until_the_new_one_is_complete(self, tmp_path: Path, half_way: subprocess.Popen[str]) -> None:
        write(tmp_path / "a", numbers(7, 8))
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 2
        half_way.communicate("")
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 1


KILLED_BETWEEN = """
    import os, pathlib, signal

    rename = pathlib.Path.rename

    def killed(self, target):
        if ".guildhall-old-" in str(target):
            rename(self, target)
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(self, target)

    pathlib.Path.rename = killed
"""


class TestKilledBetween:
    """The moment in which the old folder has stepped aside and the new one does not stand yet."""

    @pytest.fixture(autouse=True)
    def killed(self, tmp_path: Path) -> None:
        write(tmp_path / "a", numbers(7, 8))
        command = [sys.executable, "-c", textwrap.dedent(KILLED_BETWEEN) + textwrap.dedent(KILLED), str(tmp_path / "a")]
        done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL
        assert not (tmp_path / "a").exists()

    def test_who_opens_the_folder_finds_the_old_one(self, tmp_path: Path) -> None:
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 2

    def test_the_next_writer_puts_it_back(self, tmp_path: Path) -> None:
        write(tmp_path / "b", numbers(1))
        assert names(tmp_path) == ["a", "b"]
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 2

    def test_the_next_writer_of_the_same_folder_replaces_it(self, tmp_path: Path) -> None:
        write(tmp_path / "a", numbers(1, 2, 3))
        assert names(tmp_path) == ["a"]
        assert Folder.open(tmp_path / "a").manifest.tables["tests.numbers"].rows == 3

    def test_one_whose_successor_stands_is_removed(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        write(tmp_path / "b", numbers(1))
        assert names(tmp_path) == ["a", "b"]
        assert names(tmp_path / "a") == []


def test_only_names_of_our_own_form_are_swept(tmp_path: Path) -> None:
    digits = "0123456789abcdef" * 2
    others = [
        ".draft-mine",
        ".draft-" + digits,
        ".new-x",
        ".guildhall-draft-mine",
        f".guildhall-draft-{digits}-old",
        ".guildhall-old-mine.a",
    ]
    for name in (*others, f".guildhall-draft-{digits}"):
        (tmp_path / name).mkdir()
    write(tmp_path / "a", numbers(1))
    assert names(tmp_path) == sorted([*others, "a"])


class Engine:
    """An engine that counts how often it really computes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.times = 0

    def __call__(self, *, inputs: dict[str, str] | None = None, version: str = "1", fail: bool = False, **parameters: Any) -> Run:
        def compute() -> Iterator[tuple[Table, pa.Table]]:
            self.times += 1
            yield TOTALS, TOTALS.build({"total": [self.times]})
            if fail:
                raise KeyboardInterrupt

        return run("sums", version=version, inputs=inputs or {"a": "0"}, parameters=parameters, root=self.root, compute=compute)


class TestRuns:
    def test_a_rerun_is_a_no_op(self, tmp_path: Path) -> None:
        engine = Engine(tmp_path)
        first, second = engine(on=date(2026, 1, 30), rate=Fraction(1, 2)), engine(rate=Fraction(1, 2), on=date(2026, 1, 30))
        assert (first.computed, second.computed, engine.times) == (True, False, 1)
        assert first.folder == second.folder
        assert second.folder.path == tmp_path / "sums" / first.id
        assert second.folder.manifest.as_of == "2026-01-30"

    def test_any_change_of_inputs_parameters_or_version_runs_again_and_keeps_the_old_result(self, tmp_path: Path) -> None:
        engine = Engine(tmp_path)
        variants: list[Callable[[], Run]] = [
            lambda: engine(on="2026-01-30"),
            lambda: engine(on="2026-01-31"),
            lambda: engine(on="2026-01-30", inputs={"a": "1"}),
            lambda: engine(on="2026-01-30", inputs={"b": "0"}),
            lambda: engine(on="2026-01-30", version="2"),
        ]
        assert [variant().computed for variant in variants] == [True] * 5
        assert [variant().computed for variant in variants] == [False] * 5
        assert [variant().folder.read(TOTALS)["total"].to_pylist() for variant in variants] == [[1], [2], [3], [4], [5]]

    def test_a_run_records_what_went_in(self, tmp_path: Path) -> None:
        done = Engine(tmp_path)(on=date(2026, 1, 30), share=Fraction(1, 3))
        record = json.loads((done.folder.path / RUN).read_text(encoding="utf-8"))
        assert record == {"engine": "sums", "version": "1", "inputs": {"a": "0"}, "parameters": {"on": "2026-01-30", "share": "1/3"}}

    def test_a_run_that_fails_half_way_leaves_nothing_and_is_done_again(self, tmp_path: Path) -> None:
        engine = Engine(tmp_path)
        with pytest.raises(KeyboardInterrupt):
            engine(fail=True)
        assert names(tmp_path / "sums") == []
        assert engine().computed

    def test_a_damaged_result_is_computed_again(self, tmp_path: Path) -> None:
        engine = Engine(tmp_path)
        engine().folder.file(TOTALS).unlink()
        assert engine().computed
        (engine().folder.path / MANIFEST).write_text("{", encoding="utf-8")
        assert engine().computed
        assert not engine().computed


class TestDigests:
    def test_the_order_of_keys_does_not_matter_and_that_of_lists_does(self) -> None:
        assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
        assert digest([1, 2]) != digest([2, 1])
        assert digest({"城": "匠"}) == digest({"城": "匠"})

    def test_dates_exact_numbers_and_paths_count_as_their_text(self) -> None:
        assert digest([date(2026, 1, 30), Decimal("0.10"), Fraction(1, 3), PurePosixPath("a/b")]) == digest(
            ["2026-01-30", "0.10", "1/3", "a/b"]
        )
        assert digest(Decimal("0.1")) != digest(Decimal("0.10"))

    @pytest.mark.parametrize("value", [{"x", "y"}, object(), b"x"], ids=["set", "object", "bytes"])
    def test_what_has_no_stable_text_is_refused(self, value: object) -> None:
        with pytest.raises(TypeError, match="canonical"):
            digest({"value": value})


def test_manifests_round_trip() -> None:
    manifest = Manifest("x", "city", "1", "2026-01-30", {"seed": 7, "calibrated": ["a"]}, {"t": TableEntry(3, "ff", 9)})
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_a_small_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    write_text(tmp_path / "current.json", "old")
    write_text(tmp_path / "current.json", "新")
    assert (tmp_path / "current.json").read_text(encoding="utf-8") == "新"
    assert names(tmp_path) == ["current.json"]
