"""Occupations as rosters write them: a code, the name of the classification, a job name inside an occupation, or both together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches

from guildhall.kernel.sheets import plain_code
from guildhall.registry.engine.cells.problems import Read, Wrong, problem

MOST_SEARCHES = 300
"""Unknown names for which likenesses are looked up in one file; each costs some milliseconds."""
_CODE = re.compile(r"([1-8])-?([0-9]{2})-?([0-9]{2})-?([0-9]{2})")
_ANY_CODE = re.compile(r"[1-8](?:-[0-9]{2}){1,3}|[1-8][0-9]{6}")
_MARKS = re.compile(r"(?:\((?:L/S|S/L|L|S)\)|L/S|S/L|(?<=[一-鿿])[LS])$")


class Occupations:
    """The classification by code, name, and other words; empty ones accept any code of the right form."""

    def __init__(self, names: Mapping[str, str], words: Mapping[str, tuple[str, ...]]) -> None:
        self.names = names
        self.words = {_named(plain_code(word)): codes for word, codes in words.items()}
        self._codes: dict[str, set[str]] = defaultdict(set)
        for code, name in names.items():
            if len(code) == 10:
                self._codes[_named(name)].add(code)
        self._searches = 0

    def read(self, text: str) -> Read[str]:
        """The code of the occupation that a plain text names. Raises Wrong with what it may be."""
        code = plain_code(text)
        if match := _ANY_CODE.search(code):
            rest = _named((code[: match.start()] + code[match.end() :]).strip(" ()-:/[]"))
            found = self.code(match[0])
            if rest and rest in self._codes and found.value not in self._codes[rest]:
                raise Wrong("occupation_two", other=self._shown(self._codes[rest]))
            return found
        return self._name(_named(text))

    def code(self, text: str) -> Read[str]:
        """The occupation of a code, of today or of an earlier edition. Raises Wrong."""
        code = plain_code(text)
        if match := _CODE.fullmatch(code):
            code = "-".join(match.groups())
        elif re.fullmatch(r"[1-8](-[0-9]{2}){0,2}", code):
            raise Wrong("occupation_group")
        else:
            raise Wrong("occupation_code")
        if code in self.names or not self.names:
            return Read(code)
        if now := self.words.get(code):
            if len(now) > 1:
                raise Wrong("occupation_which", candidates=self._shown(now))
            return Read(now[0], problem("occupation_earlier", now=now[0]))
        if code.endswith("-00"):
            raise Wrong("occupation_group")
        raise Wrong("occupation_code")

    def _name(self, name: str) -> Read[str]:
        found = self._codes.get(name) or set(self.words.get(name, ()))
        if len(found) == 1:
            return Read(next(iter(found)))
        if found:
            raise Wrong("occupation_which", candidates=self._shown(found))
        likely = self._likely(name)
        raise Wrong("occupation_like", candidates=likely) if likely else Wrong("occupation_unknown")

    def post(self, text: str) -> Read[str | None]:
        """The occupation a post is named after, None with a note where it is none: posts are free words."""
        name = _named(text)
        found = self._codes.get(name) or set(self.words.get(name, ()))
        return Read(next(iter(found))) if len(found) == 1 else Read(None, problem("post_only"))

    def _likely(self, name: str) -> str:
        """Up to five occupations whose names hold the word or are held by it, or are written much like it."""
        self._searches += 1
        if self._searches > MOST_SEARCHES or len(name) < 2 or len(name) > 40:
            return ""
        held = [other for other in self._codes if name in other or other in name]
        close = held or get_close_matches(name, self._codes, 5, 0.6)
        return self._shown({code for other in sorted(close, key=len)[:5] for code in self._codes[other]})

    def _shown(self, codes: set[str] | tuple[str, ...]) -> str:
        return "、".join(f"{code} {self.names.get(code, '')}".strip() for code in sorted(codes)[:5])


def _named(text: str) -> str:
    """A name as it is looked up: without the marks of digital and green occupations, spaces, and what stands after it in brackets."""
    name = _MARKS.sub("", text.strip().replace("（", "(").replace("）", ")"))
    return re.sub(r"\s+", "", name).lower()
