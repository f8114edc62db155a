"""All that the registry holds about one person, table by table, over every record that was merged into theirs.

For the person: numbers stand masked unless they are asked for in full, names of others do not appear. Whoever adds a model that
speaks of a person adds it here; a house test finds one that was forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from guildhall.kernel.holdings import Heading, Held, Value
from guildhall.kernel.tables import Text
from guildhall.registry import models
from guildhall.registry.engine import wordbook
from guildhall.registry.engine.identity import masked
from guildhall.registry.queries.merged import one_person
from guildhall.web.pack import city

DOMAIN = "registry"
OURS = Text("依法登记的个人基本情况", "who you are, as the city must know it to serve you")
PLAIN = frozenset({"name", "note"})
"""Sealed columns that are shown as they are; numbers and phones are masked."""


@dataclass(frozen=True)
class Reader:
    """How cells are read: in full, or with numbers masked."""

    in_full: bool

    def opened(self, table: str, column: str, row: int, sealed: bytes | memoryview | None) -> str | None:
        """The value of a sealed cell."""
        if not sealed:  # nothing was said, or it was erased on schedule
            return None
        value = models.vault().open(table, column, row, sealed)
        return value if self.in_full or column in PLAIN else masked(value)

    def record(self, table: str, column: str, row: int, sealed: bytes | memoryview | None) -> dict[str, object] | str | None:
        """The value of a sealed cell that holds a small record of the person's own words; shown as it is."""
        if not sealed:
            return None
        told: object = json.loads(models.vault().open(table, column, row, sealed))
        if not isinstance(told, dict):
            return str(told)
        return {name: value for name, value in told.items() if self.in_full or name != "was"}  # what was on record may be a number


Cell = str | Callable[[Any, Reader], Value]
"""The attribute of a row, or a function that reads it."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, and how its cells are read."""

    heading: Heading
    cell: Cell


@dataclass(frozen=True)
class Source:
    """One table of the registry and how a person's rows are found in it."""

    model: type[Model]
    table: str
    title: Text
    why: Text
    columns: tuple[Column, ...]
    key: str = "worker_id"
    beside: tuple[type[Model], ...] = ()
    joins: tuple[str, ...] = ()
    rule: str = ""

    def rows(self, people: tuple[int, ...]) -> QuerySet[Any]:
        found = self.model._default_manager.filter(**{f"{self.key}__in": people})
        return found.select_related(*self.joins).order_by("pk")


def _column(name: str, zh: str, en: str, cell: Cell = "", words: Mapping[str, Text] | None = None, resolve: str = "") -> Column:
    return Column(Heading(name, Text(zh, en), words or {}, resolve), cell or name)


def _named(attribute: str) -> Cell:
    """The name of the organisation or place that a row points to."""

    def cell(row: Any, reader: Reader) -> Value:
        found = getattr(row, attribute)
        return Text(found.name_zh, found.name_en or found.name_zh) if found else None

    return cell


def _sealed(table: str, column: str, attribute: str, row: str = "pk") -> Cell:
    return lambda found, reader: reader.opened(table, column, getattr(found, row), getattr(found, attribute))


def _own_words(table: str, column: str, attribute: str) -> Cell:
    return lambda found, reader: reader.record(table, column, found.pk, getattr(found, attribute))


def _number_of_certificate(row: Any, reader: Reader) -> Value:
    number = getattr(row, "number", None)
    return reader.opened("registry.certificate_numbers", "number", row.pk, number.number_sealed) if number else None


def _month_of_birth(row: Any, reader: Reader) -> Value:
    return f"{row.birth_month:%Y-%m}"


def _said_before(row: Any, reader: Reader) -> Value:
    return reader.opened(row.table, row.column, row.row, row.value_sealed) if row.value_sealed else row.value


RECORD = _column("record", "记录号", "record", "worker_id")
BATCH = _column("batch", "随哪一批导入", "came in with import", "batch_id")
STARTED, ENDED = _column("started_on", "开始", "first day"), _column("ended_on", "结束（不含）", "first day it no longer holds")
OCCUPATION = _column("occupation", "职业", "occupation", resolve="occupation")
EMPLOYER = _column("organisation", "单位", "organisation", _named("organisation"))
IDENTITY = "registry.identity"

SOURCES: tuple[Source, ...] = (
    Source(
        models.Worker,
        "registry.workers",
        Text("基本情况", "The basics"),
        OURS,
        (
            RECORD,
            _column("birth_month", "出生月份", "month of birth", _month_of_birth),
            _column("sex", "性别", "sex", words=wordbook.SEX),
            _column("education", "最高学历", "schooling", words=wordbook.EDUCATION),
            _column("migrant", "农民工", "migrant worker", words=wordbook.MIGRANT),
            _column("standing", "当前身份", "main activity", words=wordbook.STANDING),
            _column("residence", "常住地", "place of residence", _named("residence")),
            BATCH,
        ),
        joins=("residence",),
        rule="registry.person",
    ),
    Source(
        models.Identity,
        IDENTITY,
        Text("姓名、证件号、手机号", "Name, identity number and phone"),
        Text("用于确认是您本人，逐字段加密保存", "to know that it is you; each field is encrypted"),
        (
            RECORD,
            _column("name", "姓名", "name", _sealed(IDENTITY, "name", "name_sealed")),
            _column("identity_number", "居民身份证号", "resident identity number", _sealed(IDENTITY, "identity_number", "number_sealed")),
            _column("phone", "手机号", "phone", _sealed(IDENTITY, "phone", "phone_sealed")),
        ),
        rule="registry.identity",
    ),
    Source(
        models.IdentityDocument,
        "registry.identity_documents",
        Text("其他证件", "Other documents"),
        Text("用于以其他证件找到您的记录", "to find your record by another document"),
        (
            RECORD,
            _column("kind", "证件种类", "kind", words=wordbook.DOCUMENT),
            _column("number", "证件号", "number", _sealed("registry.identity_documents", "number", "number_sealed")),
            _column("valid_until", "有效期至", "valid until"),
            _column("added_at", "登记时间", "recorded"),
            _column("ended_at", "停用时间", "ended"),
        ),
        rule="registry.identity_document",
    ),
    Source(
        models.FormerName,
        "registry.former_names",
        Text("曾用名", "Former names"),
        Text("用于以曾用名找到您的记录", "to find your record by a name you had before"),
        (
            RECORD,
            _column("name", "曾用名", "name", _sealed(IDENTITY, "name", "name_sealed", "worker_id")),
            _column("until", "用到", "until"),
            BATCH,
        ),
        rule="registry.former_name",
    ),
    Source(
        models.NumberChange,
        "registry.number_changes",
        Text("身份证号变更", "Changes of the identity number"),
        Text("变更须两名工作人员先后确认", "a change needs two officers, one after the other"),
        (
            RECORD,
            _column(
                "number", "新号码", "the new number", _sealed("registry.number_changes", "identity_number", "number_sealed", "worker_id")
            ),
            _column("reason", "理由", "reason"),
            _column("document", "依据的证件", "document shown"),
            _column("state", "状态", "state", words=wordbook.NUMBER_CHANGE),
            _column("proposed_by", "提出人", "proposed by", resolve="actor"),
            _column("proposed_at", "提出时间", "proposed"),
            _column("decided_by", "确认人", "decided by", resolve="actor"),
            _column("decided_at", "确认时间", "decided"),
        ),
        rule="registry.number_change",
    ),
    Source(
        models.Alias,
        "registry.aliases",
        Text("合并过的记录", "Records that were joined"),
        Text("同属您本人的多份记录合为一份，可以撤销", "several records of yours read as one; this can be undone"),
        (
            RECORD,
            _column("merged_into", "并入的记录", "joined to", "merged_into_id"),
            _column("reason", "理由", "reason"),
            _column("merged_at", "时间", "when"),
        ),
        rule="registry.alias",
    ),
    Source(
        models.DuplicatePair,
        "registry.duplicate_pairs",
        Text("疑似重复", "Possible duplicates"),
        Text("核对是否有两份记录是同一个人；另一份记录不在此显示", "to find two records of one person; the other record is not shown here"),
        (
            _column("reasons", "理由", "reasons", lambda row, reader: ", ".join(map(str, row.reasons))),
            _column("state", "结论", "outcome", words=wordbook.PAIR),
            _column("proposed_at", "提出时间", "proposed"),
            _column("decided_at", "核对时间", "decided"),
        ),
        rule="registry.duplicate_pair",
    ),
    Source(
        models.Certificate,
        "registry.certificates",
        Text("证书与聘任", "Certificates and appointments"),
        Text("您的等级由此算出", "your level is worked out from these"),
        (
            RECORD,
            _column("kind", "种类", "kind", words=wordbook.CERTIFICATE_KIND),
            _column("level", "等级", "level", resolve="level"),
            OCCUPATION,
            _column("number", "证书编号", "number", _number_of_certificate),
            _column("issuer", "发证单位", "issued by", _named("issuer")),
            _column("source", "评价方式", "how it was assessed", words=wordbook.CERTIFICATE_SOURCE),
            _column("issued_on", "发证日期", "issued"),
            _column("valid_until", "失效日期（不含）", "first day it no longer holds"),
            BATCH,
        ),
        beside=(models.CertificateNumber,),
        joins=("issuer", "number"),
        rule="registry.certificate",
    ),
    Source(
        models.ClaimedCertificate,
        "registry.claimed_certificates",
        Text("单位报送、待核实的证书", "Certificates an employer named, not confirmed"),
        Text("发证方核实之前不影响您的等级", "they decide nothing until their issuer confirms them"),
        (
            RECORD,
            _column("level", "等级", "level", resolve="level"),
            OCCUPATION,
            _column("number", "证书编号", "number", _sealed("registry.claimed_certificates", "number", "number_sealed")),
            _column("issued_on", "发证日期", "issued"),
            _column("said_by", "报送单位", "named by", _named("said_by")),
            _column("confirmed", "已核实", "confirmed", lambda row, reader: row.confirmed_id is not None),
            BATCH,
        ),
        joins=("said_by",),
        rule="registry.claimed_certificate",
    ),
    Source(
        models.EmploymentSpell,
        "registry.employment_spells",
        Text("就业经历", "Employment"),
        Text("用于公共就业服务、工龄和补贴核验", "for employment services, years of work, and checking claims"),
        (
            RECORD,
            EMPLOYER,
            OCCUPATION,
            _column("contract", "用工形式", "contract", words=wordbook.CONTRACT),
            STARTED,
            ENDED,
            _column("doubtful", "存疑", "in doubt", lambda row, reader: row.doubtful),
            _column("denied_at", "本人否认时间", "denied by you"),
            BATCH,
        ),
        joins=("organisation",),
        rule="registry.employment",
    ),
    Source(
        models.InsuranceSpell,
        "registry.insurance_spells",
        Text("参保时段", "Insurance"),
        Text("参保月数由此算出", "insured months are worked out from these"),
        (
            RECORD,
            _column("scheme", "险种", "scheme", words=wordbook.SCHEME),
            _column("organisation", "缴费单位", "paid by", _named("organisation")),
            STARTED,
            ENDED,
            BATCH,
        ),
        joins=("organisation",),
        rule="registry.insurance",
    ),
    Source(
        models.ReportedFact,
        "registry.reported_facts",
        Text("其他部门通报的情况", "What other authorities report"),
        Text("用于判断您可享受的帮扶", "to see which help is open to you"),
        (
            RECORD,
            _column("kind", "种类", "kind", words=wordbook.REPORT),
            _column("detail", "细节", "detail", lambda row, reader: wordbook.reported(row.kind, row.detail)),
            EMPLOYER,
            STARTED,
            ENDED,
            _column("as_of", "数据日期", "as of"),
            BATCH,
        ),
        joins=("organisation",),
        rule="registry.reported_fact",
    ),
    Source(
        models.Superseded,
        "registry.superseded",
        Text("改动前的内容", "What the record said before"),
        Text("登记不删改，只留痕：每次更改前的内容都保留", "the register forgets nothing: what it said before a change is kept"),
        (
            RECORD,
            _column("table", "所在表", "table"),
            _column("column", "栏目", "column"),
            _column("value", "原内容", "what it said", _said_before),
            _column("until", "用到", "until"),
            BATCH,
        ),
        rule="registry.superseded",
    ),
    Source(
        models.CorrectionRequest,
        "registry.corrections",
        Text("更正申请", "Correction requests"),
        Text("您行使更正权的记录（《个人信息保护法》第四十六条）", "your use of the right to correction (PIPL, art. 46)"),
        (
            _column("number", "编号", "number", "pk"),
            RECORD,
            _column("subject", "关于", "about"),
            _column("wanted", "您的要求", "what you asked for", _own_words("registry.corrections", "wanted", "wanted_sealed")),
            _column("place", "受理区县", "answered by", _named("place")),
            _column("state", "状态", "state", words=wordbook.CORRECTION),
            _column("lodged_at", "提出时间", "lodged"),
            _column("due_on", "答复期限", "due"),
            _column("answer", "答复", "answer"),
            _column("decided_at", "答复时间", "answered"),
        ),
        joins=("place",),
        rule="registry.correction",
    ),
    Source(
        models.Consent,
        "registry.consents",
        Text("同意与撤回", "Consents"),
        Text("证明您何时同意、何时撤回", "to show when you agreed and when you withdrew"),
        (
            RECORD,
            _column("purpose", "用途", "purpose", resolve="purpose"),
            _column("wording", "告知文本版本", "wording shown"),
            _column("given_at", "同意时间", "given"),
            _column("given_by", "操作人", "given by", resolve="actor"),
            _column("guardian", "监护人", "guardian", _own_words("registry.consents", "guardian", "guardian_sealed")),
            _column("withdrawn_at", "撤回时间", "withdrawn"),
        ),
        rule="registry.consent",
    ),
    Source(
        models.Wish,
        "registry.wishes",
        Text("您说过的意愿", "What you said you want"),
        Text("走访或窗口登记，用于联系您", "noted on a visit or at a counter, to come back to you"),
        (
            RECORD,
            _column("kind", "意愿", "wish", words=wordbook.WISH),
            _column("note", "原话", "in your words", _sealed("registry.wishes", "note", "note_sealed")),
            _column("said_on", "日期", "said on"),
            _column("closed_at", "办结时间", "closed"),
            BATCH,
        ),
        rule="registry.wish",
    ),
)


def held_about(worker_id: int, *, in_full: bool = False) -> list[Held]:
    """All that the registry holds about a person and every record merged into theirs; numbers masked unless asked for in full.

    For the person alone: whoever calls has made sure of that.
    """
    people, reader = one_person(worker_id), Reader(in_full)
    levels = {level.code: level.name for level in city().levels}
    found = [_held(source, people, reader, levels) for source in SOURCES]
    return [*found, _representative(people, reader), _imports(people)]


def _held(source: Source, people: tuple[int, ...], reader: Reader, levels: Mapping[str, Text]) -> Held:
    rows = (Q(first__in=people) | Q(second__in=people)) if source.model is models.DuplicatePair else None
    found = source.model._default_manager.filter(rows).order_by("pk") if rows is not None else source.rows(people)
    return Held(
        DOMAIN,
        source.table,
        source.title,
        source.why,
        tuple(_heading(column, levels) for column in source.columns),
        tuple(tuple(_read(column.cell, row, reader) for column in source.columns) for row in found),
        tuple(model._meta.label for model in (source.model, *source.beside)),
        source.rule,
    )


def _heading(column: Column, levels: Mapping[str, Text]) -> Heading:
    found = column.heading
    return Heading(found.name, found.title, levels) if found.resolve == "level" else found


def _read(cell: Cell, row: Any, reader: Reader) -> Value:
    return getattr(row, cell) if isinstance(cell, str) else cell(row, reader)


def _representative(people: tuple[int, ...], reader: Reader) -> Held:
    """Where the person is recorded as a legal representative: found by the number, as those rows have no key of a person."""
    hashes = [bytes(found) for found in models.Identity.objects.filter(pk__in=people).values_list("number_hash", flat=True)]
    rows = models.Representative.objects.filter(number_hash__in=hashes).select_related("organisation").order_by("pk")
    name = _named("organisation")
    return Held(
        DOMAIN,
        "registry.representatives",
        Text("您担任法定代表人的单位", "Organisations you legally represent"),
        Text("单位账号由法定代表人开通", "an organisation's access begins with its legal representative"),
        (
            Heading("organisation", Text("单位", "organisation")),
            Heading("source", Text("依据", "how it is known"), wordbook.REPRESENTATIVE),
            Heading("recorded_at", Text("登记时间", "recorded")),
            Heading("ended_at", Text("结束时间", "ended")),
        ),
        tuple((_read(name, row, reader), row.source, row.recorded_at, row.ended_at) for row in rows),
        (models.Representative._meta.label,),
        "registry.representative",
    )


def _imports(people: tuple[int, ...]) -> Held:
    """The files that brought something about the person."""
    batches: set[int] = set()
    for source in SOURCES:
        if any(column.name == "batch_id" for column in source.model._meta.concrete_fields):
            batches |= {key for key in source.rows(people).values_list("batch_id", flat=True) if key}
    rows = models.ImportBatch.objects.filter(pk__in=batches).select_related("organisation").order_by("pk")
    organisation = _named("organisation")
    return Held(
        DOMAIN,
        "registry.imports",
        Text("带来您信息的导入批次", "Imports that brought something about you"),
        Text("说明信息从哪里来", "to say where it came from"),
        (
            Heading("batch", Text("批次", "import")),
            Heading("kind", Text("种类", "kind"), wordbook.IMPORT),
            Heading("organisation", Text("单位", "organisation")),
            Heading("as_of", Text("数据日期", "as of")),
            Heading("brought_at", Text("导入时间", "brought in")),
        ),
        tuple((row.pk, row.kind, _read(organisation, row, Reader(in_full=False)), row.as_of, row.brought_at) for row in rows),
        (models.ImportBatch._meta.label,),
        "registry.import",
    )
