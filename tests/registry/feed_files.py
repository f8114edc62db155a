"""Files of other authorities made by hand, and what the registry says after they were brought in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from guildhall.registry import models
from guildhall.registry.queries import imports as import_queries
from guildhall.web.viewer import system
from tests.registry import folders

BY = system("command:import feed")
TODAY = date(2026, 1, 30)
FOUR = ("accepted", "changed", "unchanged", "rejected")
HEADERS = {
    "certificates": "身份证号,姓名,证书编号,技能等级,职业（工种）,发证日期,评价机构编号,失效日期",
    "insurance": "身份证号,姓名,参保起始年月,参保终止年月,单位编号",
    "unemployment": "身份证号,姓名,登记日期,注销日期",
    "hardship": "身份证号,姓名,困难类型,认定日期,退出日期",
    "graduates": "身份证号,姓名,学校编号,学历层次,专业代码,毕业日期",
}
JAN, FEB = date(2026, 1, 30), date(2026, 1, 31)


def known(n: int) -> str:
    """The identity number of person n of the small city."""
    return str(folders.rows()["registry.identity"][n - 1]["identity_number"])


UNEMPLOYED = ((known(5), "", "2025-11-03", ""), (known(6), "", "2025-12-01", ""), (known(7), "", "2025-10-01", "2025-12-31"))


def content(kind: str, rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join([HEADERS[kind], *(",".join(row) for row in rows)]).encode()


def counts(batch: models.ImportBatch) -> tuple[int, ...]:
    found = tuple(getattr(batch, name) for name in FOUR)
    assert sum(found) == batch.rows == batch.position, codes(batch)
    return found


def sides(batch: models.ImportBatch) -> dict[str, int]:
    return {name: count for name, count in batch.forecast["reconciled"].items() if count}


def codes(batch: models.ImportBatch) -> list[str]:
    return [fault.code for _, faults in import_queries.rejected_rows(batch) for fault in faults]


def state() -> list[tuple[Any, ...]]:
    """What the registry says that feeds can change, in an order and in words that do not depend on keys."""
    papers = [(c.worker_id, c.kind, c.level, c.issuer_id, c.issued_on, c.valid_until, bytes(c.number.number_hash).hex())
              for c in models.Certificate.objects.select_related("number")]  # fmt: skip
    spells = list(models.InsuranceSpell.objects.values_list("worker_id", "organisation_id", "started_on", "ended_on"))
    facts = list(models.ReportedFact.objects.values_list("worker_id", "kind", "detail", "organisation_id", "started_on", "ended_on"))
    before = list(models.Superseded.objects.values_list("table", "worker_id", "column", "value"))
    return sorted([*papers, *spells, *facts, *before], key=repr)
