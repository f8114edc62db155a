"""One linear pass over every event, in the order of their keys: each against the one before it in its chain, and against its seal.

The common case is a few comparisons and one hash. Whatever does not fit goes to `_Odd`, which finds out what was done to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from guildhall.office.engine.chain import FIELDS, ROWS_DIGEST, SEPARATOR, START, chained
from guildhall.office.engine.damage import Damage
from guildhall.office.engine.seals import Sealed, root_of, unpacked

Row = tuple[int, bytes, int, bytes, bytes, bytes]
"""An event as the database gives it: its key, chain, position, what is told of it, the digest before it, and its own.

Texts are in UTF-8, as they are hashed; turned into words are only those that a damage names.
"""
SEPARATORS, MARK, ROWS = len(FIELDS) - 1, SEPARATOR.encode(), ROWS_DIGEST.encode()
NEVER = -(2**63) - 1
"""Below the key of any event."""
FARTHEST = 50
"""How far a renumbered event is looked for, and how many missing places of one gap are named."""


@dataclass(frozen=True)
class End:
    """The end of a chain while the pass goes on: position, digest and key of its last event."""

    position: int
    digest: bytes
    event: int


@dataclass
class _Trouble:
    """What is known of a chain in which something does not fit."""

    missing: dict[int, int] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    shift: int = 0
    doubtful: list[tuple[Damage, frozenset[int]]] = field(default_factory=list)


class Pass:
    """Takes events in order, then closes the seal they belong to, and so on; `finish` at the end.

    `batches` are the events that vouch for the rows of a batch: key, chain, position, and what is told.
    """

    def __init__(self) -> None:
        self.events = 0
        self.damages: list[Damage] = []
        self.batches: list[tuple[int, bytes, int, bytes]] = []
        self.last_event = 0
        self._heads: dict[bytes, tuple[int, bytes, int]] = {}
        self._grown: list[bytes] = []
        self._sealed = NEVER
        self._since = self._before = 0
        self._trouble: dict[bytes, _Trouble] = {}
        self._odd_now: set[bytes] = set()
        self._told: set[bytes] = set()

    def take(self, rows: Sequence[Row]) -> None:
        """Holds each event against the one before it in its chain."""
        heads, grown, sealed, troubled, begin = self._heads, self._grown.append, self._sealed, self._trouble, (0, START, NEVER)
        for event, chain, position, told, previous, digest in rows:
            last = heads.get(chain, begin)
            if last[2] <= sealed:
                grown(chain)
            if (
                previous == last[1]
                and digest == sha256(previous + told).digest()
                and position == last[0] + 1
                and told.count(MARK) == SEPARATORS
                and chain not in troubled
            ):
                heads[chain] = (position, digest, event)
            else:
                self._odd(event, chain, position, told, previous, digest, last)
            if told[-1:] != MARK and ROWS in told:  # a bulk event ends with the key of its batch
                self.batches.append((event, chain, position, told))
        self.events += len(rows)
        self._since += len(rows)
        self.last_event = rows[-1][0] if rows else self.last_event

    def _odd(
        self, event: int, chain: bytes, position: int, told: bytes, previous: bytes, digest: bytes, last: tuple[int, bytes, int]
    ) -> None:
        """Finds out what was done to an event that does not fit, and where its chain goes on."""
        trouble = self._trouble.setdefault(chain, _Trouble())
        self._odd_now.add(chain)
        sound = _sound(told, previous, digest)
        trouble.seen |= {digest, chained(last[1], told)}
        if position in trouble.missing:
            del trouble.missing[position]
            self._tell("reordered", chain, position, event)
        elif position <= last[0]:
            self._tell("inserted", chain, position, event, why="another event stands at that place")
        else:
            self._onward(chain, trouble, Damage("changed", name_of(chain), position, event), told, previous, digest, last, sound)
            at = position if position - last[0] <= FARTHEST else last[0] + 1  # a number that was changed leads nowhere
            self._heads[chain] = (at, digest, event)

    def _onward(
        self,
        chain: bytes,
        trouble: _Trouble,
        changed: Damage,
        told: bytes,
        previous: bytes,
        digest: bytes,
        last: tuple[int, bytes, int],
        sound: bool,
    ) -> None:
        gap = range(last[0] + 1, changed.position)
        if len(gap) > FARTHEST:  # no chain loses so many at one place: the number itself was changed
            self.damages.append(changed)
            return
        trouble.missing |= dict.fromkeys(gap, changed.event)
        if gap and not sound:
            trouble.doubtful.append((changed, frozenset(gap)))
        elif sound:
            if not gap and previous != last[1] and previous not in trouble.seen:
                self._rewritten(chain, changed.event, last)
        elif not gap:
            self._unsound(chain, trouble, changed, told, previous, digest, last)

    def _rewritten(self, chain: bytes, event: int, last: tuple[int, bytes, int]) -> None:
        """The event before is not the one that this event was built on, although each fits by itself."""
        if last[0]:
            self._tell("rewritten", chain, last[0], last[2], why="the event after it was built on another")
        else:
            self._tell("changed", chain, 1, event, why="it is the first of its chain and says that it follows another")

    def _unsound(
        self, chain: bytes, trouble: _Trouble, changed: Damage, told: bytes, previous: bytes, digest: bytes, last: tuple[int, bytes, int]
    ) -> None:
        """An event whose digest does not fit what is told of it: changed, or given another number in its chain."""
        shift = _shift(told, changed.position, previous, digest)
        if not shift:
            self.damages.append(changed)
        elif shift != trouble.shift:
            by = shift - trouble.shift
            trouble.shift = shift
            if by > 0:
                places = f"{by} events before it, which were then renumbered" if by > 1 else "the events after it were renumbered"
                self._tell("deleted", chain, changed.position, changed.event, why=places)
            else:
                self._tell("inserted", chain, last[0], last[2], why="the events after it were renumbered")

    def _tell(self, kind: str, chain: bytes, position: int = 0, event: int = 0, seal: int = 0, why: str = "") -> None:
        self.damages.append(Damage(kind, name_of(chain), position, event, seal, why))

    def fits(self, seal: Sealed) -> bool:
        """Whether the events taken since the seal before are those that this one stands for."""
        return self._since == seal.events and root_of(self._heads[chain][1] for chain in self._ended()) == seal.root

    def close(self, seal: Sealed, heads: Iterable[bytes]) -> None:
        """Holds everything taken since the seal before against this one; `heads` are the lists kept beside it, in either place."""
        if not self.fits(seal):
            self._broken(seal, heads)
        self.skip()

    def skip(self) -> None:
        """Goes on behind a seal without a word about it."""
        self._grown.clear()
        self._odd_now.clear()
        self._since, self._before, self._sealed = 0, len(self.damages), self.last_event

    def _ended(self) -> Iterable[bytes]:
        """The chains that grew since the last seal, in the order in which they first did, each once."""
        return dict.fromkeys(chain for chain in self._grown if chain in self._heads) if self._odd_now else self._grown

    def _broken(self, seal: Sealed, heads: Iterable[bytes]) -> None:
        """Names the chains that do not end where the seal says; where no list of them is left, the seal and its events."""
        lists = (found for found in map(unpacked, heads) if found is not None)
        kept = next((found for found in lists if root_of(digest for _, digest in found.values()) == seal.root), None)
        named = self._name(seal, kept) if kept is not None else False
        if len(self.damages) == self._before and not named and not self._odd_now:
            why = f"it stands for {seal.events} events up to event {seal.last_event}; {self._since} are there"
            self._tell("unsealed", b"", 0, seal.last_event, seal.seal, why)

    def _name(self, seal: Sealed, kept: dict[str, tuple[int, bytes]]) -> bool:
        """Tells of each chain that does not end where the seal says, once; whether there is any, told of before or now."""
        found = {chain: self._heads[chain][:2] for chain in self._ended()}
        listed = {chain.encode(errors="replace"): end for chain, end in kept.items()}
        differing = {chain for chain in {*listed, *found} if listed.get(chain) != found.get(chain)}
        shifted = {chain for chain, trouble in self._trouble.items() if trouble.shift}
        for chain in sorted(differing - self._told - self._odd_now - shifted):
            self._compare(seal, chain, listed.get(chain), found.get(chain))
        return bool(differing)

    def _compare(self, seal: Sealed, chain: bytes, kept: tuple[int, bytes] | None, found: tuple[int, bytes] | None) -> None:
        """One chain against what the seal stands for; each chain is told of once."""
        end = self._end(chain)
        why = f"seal {seal.seal} stands for {kept[0] if kept else 0} events of this chain"
        self._told.add(chain)
        if kept is None:
            self._tell("inserted", chain, end.position, end.event, seal.seal, f"seal {seal.seal} does not know it")
        elif not end.position:
            self._tell("removed", chain, kept[0], 0, seal.seal, why)
        elif found is None or end.position < kept[0]:
            self._tell("truncated", chain, end.position + 1, end.event, seal.seal, f"{why}; event {end.event} is its last")
        elif end.position > kept[0]:
            self._tell("inserted", chain, end.position, end.event, seal.seal, why)
        else:
            self._tell(
                "rewritten", chain, end.position, end.event, seal.seal, f"it or one before it is not what seal {seal.seal} stands for"
            )

    def _end(self, chain: bytes) -> End:
        return End(*self._heads.get(chain, (0, START, 0)))

    def finish(self, heads: Iterable[tuple[bytes, int, bytes]]) -> None:
        """Settles what was waited for, and holds the ends of all chains against the heads kept beside them."""
        for chain, trouble in self._trouble.items():
            if trouble.missing or trouble.shift:  # what seemed the end of the chain to a seal was a gap in it
                self.damages = [damage for damage in self.damages if (damage.kind, damage.chain) != ("truncated", name_of(chain))]
            self.damages += _settled(name_of(chain), trouble)
        rest = dict.fromkeys(self._heads)
        for chain, position, digest in heads:
            rest.pop(chain, None)
            if chain not in self._told and chain not in self._trouble:
                self._against_head(chain, position, digest)
        for chain in rest:
            self._tell("head", chain, why="it is missing")

    def _against_head(self, chain: bytes, position: int, digest: bytes) -> None:
        end = self._end(chain)
        if position > end.position:
            self._tell("truncated", chain, end.position + 1, end.event, why=f"its head says that it has {position} events")
        elif position < end.position:
            self._tell("inserted", chain, end.position, end.event, why=f"the head of the chain says that it has {position} events")
        elif digest != end.digest and position:
            self._tell("rewritten", chain, position, end.event, why="the head of the chain stands for another")


def name_of(chain: bytes) -> str:
    """The name of a chain; bytes that are no text are shown as question marks."""
    return chain.decode(errors="replace")


def _sound(told: bytes, previous: bytes, digest: bytes) -> bool:
    """Whether an event fits by itself: its digest is that of what is told, after what it says stands before it."""
    return told.count(MARK) == SEPARATORS and chained(previous, told) == digest


def _shift(told: bytes, position: int, previous: bytes, digest: bytes) -> int:
    """By how many places an event was renumbered: it was at `position` plus this. 0 where that is not what was done."""
    fields = told.split(MARK)
    for far in range(1, FARTHEST + 1):
        for shift in (far, -far):
            fields[1:2] = [b"%d" % (position + shift)]
            if chained(previous, MARK.join(fields)) == digest:
                return shift
    return 0


def _settled(chain: str, trouble: _Trouble) -> Iterator[Damage]:
    """What is left of the doubts about a chain once all of it was seen."""
    for position, event in sorted(trouble.missing.items()):
        yield Damage("deleted", chain, position, event)
    for damage, gap in trouble.doubtful:
        if gap & trouble.missing.keys():
            yield damage
