"""`make bench`: every measurement in one run, as one table; `--write` also puts it into docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measuring import Line, apart, best

WHOLE, HALF, PART = "1", "0.5", "0.088"
"""5.68, 2.84 and 0.5 million skilled people."""
TARGET = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = """# Measurements

Written by `make bench ARGS=--write`. Each line is measured in a process of its own, beside a peer or a limit in the same run.
Machine: {machine}.

| what | ours | beside it | bar | holds |
|---|---|---|---|---|
"""
NOTES = """
- *Written again*: the finished tables, already in memory, written once more with the same settings. No generator can be quicker.
- *SQL by hand*: the heavy part of the same answers as someone who knows DuckDB would write it, without our declarations.
- *A bare scan*: reading the columns the figures need, once, and doing nothing with them.
- *Bare Django*: one view, no database, no template, no middleware, on the same server with the same clients in the same run.
  The clients share the two cores with the servers.
- The city page changes only with the run it shows, so it is remembered. *Rendered anew*: a server that remembers none; each page takes
  the whole of a core while it is drawn, and twenty clients wait for two cores. Lists are never remembered.
- *django-import-export*: a resource with `use_bulk`, `batch_size=1000`, `skip_diff` on one plain table, given the same people in clean
  columns; it looks for each row, as an import that may come twice must. *Over the rows alone*: workers, identities, spells and claims,
  sealed already, through `bulk_create` into the same tables and indexes; ours also opens, reads, checks, stages, decides and seals.
- *50 readers*: each opens a page every two seconds, lists of people and single records, while the command imports beside the server.
- *Rules*: each side in a process of its own, on the same Parquet file; processor time includes reading it. Memory is the peak above what
  stands when the libraries are loaded. Every total of the two is compared. The peer treats what is not known as no, so nothing is unknown.
- *Rules over the full city*: 7 million certificates, 11.3 million hires, 2.2 million years of employers, 128,000 businesses; facts are
  worked out from the snapshot first. *One figure changed*: the page's own question, each figure once, the slowest three again.
- *Candidates*: a snapshot of the records in the database, the search through it, and the rows written, sealed.
- *Cost from 0.5 to 5.68 million*: time at full size over time at 0.5 million, divided by the ratio of people. It lies far below 1 because
  the fixed part of a run weighs on the small city; from half to whole it is close to the straight line.
"""


def synthetic(work: Path) -> list[Line]:
    """The full city, the limit beside it, and how cost grows."""
    whole = best([apart("bench.synth", WHOLE) for _ in range(2)])
    half, part = (best([apart("bench.synth", scale) for _ in range(2)]) for scale in (HALF, PART))
    again = apart("bench.synth", "--again", WHOLE)
    growth = (whole["seconds"] / whole["people"]) / (part["seconds"] / part["people"])
    ratio = f"{whole['seconds'] / again['seconds']:.1f} × written again ({again['seconds']:.1f} s)"
    return [
        Line(
            "synthetic city, 8 million people of whom 5.68 skilled: time",
            f"{whole['seconds']:.1f} s",
            ratio,
            "≤ 20 s",
            whole["seconds"] <= 20,
        ),
        Line("the same: peak memory", f"{whole['peak_mb']:,.0f} MB", "", "≤ 2,500 MB", whole["peak_mb"] <= 2500),
        Line("the same: Parquet", f"{whole['parquet_mb']:,.0f} MB", "", "≤ 400 MB", whole["parquet_mb"] <= 400),
        _growth("synthetic city: cost from 0.5 to 5.68 million", growth),
        _growth("the same from 2.84 to 5.68 million", whole["seconds"] / half["seconds"] * float(HALF)),
    ]


def figures(work: Path) -> list[Line]:
    """All figures over the full city, beside SQL by hand and a bare scan."""
    whole = _city(work, WHOLE)
    ours, by_hand, scan = (best([apart("bench.figures", str(whole), way) for _ in range(3)]) for way in ("ours", "sql", "scan"))
    half, part = (best([apart("bench.figures", str(_city(work, scale)), "ours") for _ in range(3)]) for scale in (HALF, PART))
    alone = ours["seconds"] - ours["gray"]
    beside = (
        f"{alone / by_hand['seconds']:.2f} × SQL by hand ({by_hand['seconds']:.1f} s), "
        f"{alone / scan['seconds']:.1f} × a bare scan ({scan['seconds']:.1f} s)"
    )
    return [
        Line("all figures over the full snapshot: time", f"{alone:.2f} s", beside, "≤ 3 s", alone <= 3),
        Line("gray-collar workers among 8 million, three definitions: time", f"{ours['gray']:.2f} s", "", "", True),
        Line("both, with the loading of Python's libraries", f"{ours['whole']:.2f} s", f"SQL by hand {by_hand['whole']:.2f} s", "", True),
        Line("the same: peak memory", f"{ours['peak_mb']:,.0f} MB", f"SQL by hand {by_hand['peak_mb']:,.0f} MB", "", True),
        _growth("figures: cost from 0.5 to 5.68 million", ours["seconds"] / part["seconds"] * float(PART)),
        _growth("the same from 2.84 to 5.68 million", ours["seconds"] / half["seconds"] * float(HALF)),
    ]


def _growth(what: str, growth: float) -> Line:
    return Line(what, f"{growth:.2f}", "1 is linear", "≤ 1.20", growth <= 1.2)


def _city(work: Path, scale: str) -> Path:
    folder = work / f"city-{scale}"
    if not folder.exists():
        _guildhall("city", "synth", "--pack", "chongqing", "--scale", scale, "--out", str(folder))
    return folder


def web(work: Path) -> list[Line]:
    """The city page of the demonstration under load."""
    os.environ["GUILDHALL_VAR"] = str(work / "var")
    _guildhall("demo", "--no-serve")
    found = apart("bench.web", str(work / "var"))
    bare = f"bare Django {found['bare']:.0f} ms"
    return [
        Line("city page, 20 clients at once: p95", f"{found['city']:.0f} ms", bare, "≤ 60 ms", found["city"] <= 60),
        Line("city page rendered anew, 20 clients at once: p95", f"{found['city rendered anew']:.0f} ms", bare, "", True),
        Line("list of organisations, 20 clients at once: p95", f"{found['organisations']:.0f} ms", bare, "", True),
    ]


EVENTS = "1000000"


def audit(work: Path) -> list[Line]:
    """A million events verified, beside a bare pass over the same rows; and events recorded one by one."""
    ours, scan = (best([apart("bench.audit", EVENTS, way) for _ in range(2)]) for way in ("verify", "scan"))
    added = apart("bench.audit", "3000", "record")
    beside = f"{ours['seconds'] / scan['seconds']:.1f} × a bare pass with one hash each ({scan['rate']:,.0f}/s)"
    return [
        Line("audit verify, 1 million events on SQLite: rate", f"{ours['rate']:,.0f}/s", beside, "≥ 200,000/s", ours["rate"] >= 200_000),
        Line("the same: peak memory", f"{ours['peak_mb']:,.0f} MB", "", "", True),
        Line("events recorded, each in a transaction of its own", f"{added['rate']:,.0f}/s", "", "", True),
    ]


def search(work: Path) -> list[Line]:
    """Pages of people among a million, on PostgreSQL."""
    found = apart("bench.search", "--people", "1000000")
    slowest = max(found["cases"], key=lambda name: found["cases"][name])
    ways = f"{len(found['cases'])} kinds of question, up to page 50; slowest: {slowest}, {found['cases'][slowest]:.0f} ms"
    return [Line("search among 1 million people, PostgreSQL: p95", f"{found['p95']:.1f} ms", ways, "≤ 40 ms", found["p95"] <= 40)]


def roster(work: Path) -> list[Line]:
    """A messy roster into SQLite, beside a library that imports spreadsheets and beside the rows alone."""
    file = work / "roster.xlsx"
    subprocess.run([sys.executable, "-m", "bench.roster", "make", "200000", str(file)], check=True)
    ours, bare = (best([apart("bench.roster", way, str(file)) for _ in range(2)]) for way in ("ours", "bare"))
    peer = apart("bench.roster", "peer", str(file))
    faster, slower = peer["seconds"] / ours["seconds"], ours["seconds"] / bare["seconds"]
    told = f"django-import-export {peer['seconds']:.0f} s, with nothing sealed, checked or audited"
    return [
        Line(
            "roster of 200,000 messy rows into SQLite, sealed and audited: time",
            f"{ours['seconds']:.1f} s",
            "",
            "≤ 30 s",
            ours["seconds"] <= 30,
        ),
        Line(
            "the same: peak memory",
            f"{ours['peak_mb']:,.0f} MB",
            f"bare rows {bare['peak_mb']:,.0f} MB",
            "≤ 600 MB",
            ours["peak_mb"] <= 600,
        ),
        Line("the same: faster than its peer", f"{faster:.1f} ×", told, "≥ 2 ×", faster >= 2),
        Line(
            "the same: over the rows alone",
            f"{slower:.2f} ×",
            f"bulk_create of the same sealed rows {bare['seconds']:.1f} s",
            "≤ 1.5 ×",
            slower <= 1.5,
        ),
    ]


def readers(work: Path) -> list[Line]:
    """Fifty readers while a roster comes in, on either database."""
    from tests.postgres import server

    file = work / "roster-read.xlsx"
    lines = [_read(work, "SQLite", file)]
    with server() as url:
        os.environ["DATABASE_URL"] = url
        try:
            lines.append(_read(work, "PostgreSQL", file))
        finally:
            del os.environ["DATABASE_URL"]
    return lines


def _read(work: Path, database: str, file: Path) -> Line:
    os.environ["GUILDHALL_VAR"] = str(work / f"var-{database}")
    _guildhall("demo", "--no-serve")
    if not file.exists():
        subprocess.run([sys.executable, "-m", "bench.roster", "make", "50000", str(file), "chongqing"], check=True)
    found = apart("bench.readers", os.environ["GUILDHALL_VAR"], str(file))
    waits = f"{found['alone']:.0f} ms without the import; longest wait {found['worst']:.0f} ms"
    beside = f"{waits}; {found['errors']} errors in {found['pages']} pages"
    holds = found["during"] <= 200 and not found["errors"]
    return Line(f"50 readers while a roster of 50,000 comes in, {database}: p95", f"{found['during']:.0f} ms", beside, "≤ 200 ms", holds)


PEOPLE, FEWER = 5_680_000, 500_000


def rules(work: Path) -> list[Line]:
    """Eleven rules over everybody, beside the same rules in OpenFisca over the same file."""
    file, small = work / "policy.parquet", work / "policy-small.parquet"
    for path, people in ((file, PEOPLE), (small, FEWER)):
        subprocess.run([sys.executable, "-m", "bench.rules", "make", str(path), str(people)], check=True)
    ours, theirs = (best([apart("bench.rules", way, str(file)) for _ in range(2)], "cpu") for way in ("ours", "peer"))
    few = best([apart("bench.rules", "ours", str(small)) for _ in range(2)], "cpu")
    mask, one = apart("bench.rules", "mask", str(file)), apart("bench.rules", "one")
    growth = (ours["scan"] / few["scan"]) / (PEOPLE / FEWER)
    differ = sum(ours["found"][name] != theirs["found"][name] for name in ours["found"])
    beside = f"OpenFisca {theirs['cpu']:.1f} s: {ours['cpu'] / theirs['cpu']:.2f} ×; {differ} of {len(ours['found'])} totals differ"
    return [
        Line(
            "11 rules over 5.68 million people, Parquet to totals: CPU",
            f"{ours['cpu']:.2f} s",
            beside,
            "≤ 1/4",
            ours["cpu"] * 4 <= theirs["cpu"],
        ),
        Line(
            "the same: memory above the libraries",
            f"{ours['mb']:,.0f} MB",
            f"OpenFisca {theirs['mb']:,.0f} MB: {ours['mb'] / theirs['mb']:.3f} ×",
            "≤ 1/20",
            ours["mb"] * 20 <= theirs["mb"],
        ),
        Line(
            "reasons of everybody, one benefit of 11 conditions",
            f"{mask['wall']:.2f} s",
            f"{mask['cpu']:.2f} s CPU; reading the columns alone {mask['scan']:.2f} s",
            "≤ 0.3 s",
            mask["wall"] <= 0.3,
        ),
        Line(
            "one person, decision with full trace as JSON",
            f"{one['entitled']:.2f} ms",
            f"near miss {one['nearly']:.2f} ms",
            "≤ 1 ms",
            max(one.values()) <= 1,
        ),
        _growth("rules: cost from 0.5 to 5.68 million", growth),
    ]


SIXTEENTH = "0.0625"
"""A sixteenth of the city: half a million people, of whom 355,000 skilled."""


def policy(work: Path) -> list[Line]:
    """Every rule over the full city, each figure changed over it, and candidates of part of it."""
    os.environ["GUILDHALL_VAR"] = str(work / "var-policy")
    every = apart("bench.everybody", "run", str(_city(work, WHOLE)))
    slider = apart("bench.everybody", "slider")
    os.environ["GUILDHALL_VAR"] = str(work / "var-candidates")
    night = apart("bench.everybody", "candidates", str(_city(work, SIXTEENTH)))
    return [
        Line(
            f"{every['rules']} rules over the full city, from the snapshot, with groups, reasons and cases for the slider: time",
            f"{every['seconds']:.0f} s",
            f"{every['cpu']:.0f} s CPU; {every['cases']:,} decisions",
            "",
            True,
        ),
        Line("the same: peak memory", f"{every['peak_mb']:,.0f} MB", "", "", True),
        Line(
            "one figure changed over the full city, winners and losers by district: the slowest figure",
            f"{slider['seconds']:.2f} s",
            f"{slider['slowest']}; {slider['figures']} figures, {slider['cpu']:.2f} s CPU on average",
            "≤ 2 s",
            slider["seconds"] <= 2,
        ),
        Line("the same: peak memory", f"{slider['peak_mb']:,.0f} MB", "", "", True),
        Line(
            "candidates by night, for each 100,000 people: time",
            f"{night['seconds']:.1f} s",
            f"{night['cpu']:.1f} s CPU; {night['people']:,} people in SQLite, {night['found']:,} candidates",
            "",
            True,
        ),
        Line("the same: peak memory", f"{night['peak_mb']:,.0f} MB", "", "", True),
    ]


def _guildhall(*words: str) -> None:
    subprocess.run([sys.executable, "-c", "from guildhall.cli import main; main()", *words], check=True, capture_output=True)


PARTS = {
    "synth": synthetic,
    "figures": figures,
    "web": web,
    "audit": audit,
    "search": search,
    "roster": roster,
    "readers": readers,
    "rules": rules,
    "policy": policy,
}


def main() -> None:
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")] or list(PARTS)
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as work:
        for name in wanted:
            sys.stderr.write(f"measuring {name} …\n")
            lines += PARTS[name](Path(work))
    table = "\n".join(line.markdown() for line in lines)
    text = HEAD.format(machine=f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}") + table + "\n" + NOTES
    print(text)
    if "--write" in sys.argv and wanted == list(PARTS):
        TARGET.write_text(text, encoding="utf-8")
    sys.exit(0 if all(line.holds for line in lines) else 1)


if __name__ == "__main__":
    main()
