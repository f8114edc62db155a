"""Instruments of policy as a pack holds them: documents, and parameters of rules in dated versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from guildhall.kernel.tables import Text
from guildhall.rules.digests import version_digest
from guildhall.rules.parameters import Parameter, Version

NOTHING = Text("", "")


@dataclass(frozen=True)
class Document:
    """A document that versions cite; `number` is empty where it has none or none was recorded.

    `held` is false of what stands in the place of a document: a recollection, or an assumption of the pack.
    """

    id: str
    title: Text
    issuer: Text
    number: str = ""
    address: str = ""
    published: date | None = None
    note: Text = NOTHING
    held: bool = True

    @property
    def cited(self) -> str:
        """How a decision names it."""
        return self.number or self.title.zh


@dataclass(frozen=True)
class Entry:
    """One version as its file gives it: with the line it stands on, its document, what was noted, and why it may be empty."""

    rule: str
    parameter: Parameter
    version: Version
    row: int
    document: Document | None = None
    note: Text = NOTHING
    missing: Text = NOTHING

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def digest(self) -> str:
        """What a confirmation is tied to: it changes with the value, the dates, the place, the document and how well it is known."""
        return version_digest(self.rule, self.parameter, self.version)


@dataclass(frozen=True)
class Instrument:
    """One file of `rules/`: an instrument of policy, its documents, and the parameters its rule reads."""

    name: str
    title: Text
    channel: str
    checked_on: date
    documents: Mapping[str, Document]
    entries: tuple[Entry, ...]
    caps: Mapping[str, str] = field(default_factory=dict)
    """The parameters that are caps, with the parameter each is the cap of."""
    units: Mapping[str, str] = field(default_factory=dict)
    """The unit of each parameter as the file gives it."""
    unread: Mapping[str, Text] = field(default_factory=dict)
    """The parameters that no rule reads, each with the reason."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return {entry.name: entry.parameter for entry in self.entries}

    def of(self, parameter: str) -> Iterator[Entry]:
        """The versions of one parameter, oldest first."""
        return (entry for entry in self.entries if entry.name == parameter)
