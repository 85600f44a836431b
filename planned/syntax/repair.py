"""Small changes that could mend a statement, most likely first: a clause moved, a word put in, words left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planned.diagnostics import Diagnostic, Edit, Fix, Message
from planned.syntax import amounts, said, words
from planned.syntax.broken import shortened
from planned.syntax.habits import is_participle, until_fact
from planned.syntax.lexemes import Lexeme
from planned.syntax.likeness import spelled_like
from planned.syntax.recover import NAMED
from planned.syntax.trial import Edit as Change
from planned.syntax.trial import Trial
from planned.syntax.unquoted import is_kind

_HEADS = frozenset(
    {
        *("WAIT", "UNTIL", "UP_TO", "AT_LEAST", "FOR", "IF", "UNLESS", "SEND", "SUBJECT", "TO", "A", "SENDER", "FROM"),
        *("VIA", "URGENT", "NOTIFY", "DAILY_AT", "REPEAT", "THEN", "STOP", "COMPLETE_WHEN", "AGAIN_EACH_TIME"),
        *("AGAIN_AFTER", "EXPIRES", "EVEN_UNENROLLED", "AFTER", "EVERY", "ON", "ON_DAY_OF", "BEFORE", "AT", "WAS"),
        *("ABOUT", "MODE", "FOR_GROUP", "IS", "AS", "FOR_PERSON", "VERB", "VERB_NAME", "VERB_ENROLLED", "TIMES"),
        *("LIMIT_PER", "FOR_ALL", "GRADE_OP", "SUPPRESSED", "GIVEN", "EXPECT", "EXPECT_NO", "EXPECT_NOTICE"),
    }
)
_CLAUSES = frozenset(
    {"AFTER", "EVERY", "BEFORE", "ON_DAY_OF", "WAIT", "IF", "UNLESS", "SEND", "NOTIFY", "REPEAT", "STOP"}
)
"""Of these only one is moved at a time."""
_MOST_MOVED, _FARTHEST = 4, 9
"""Parts of a statement that are moved together, and parts over which they are moved, at most."""
_INSERTED = frozenset(
    {
        *("WAIT", "SEND", "IS", "AT", "A", "ON", "FOR_PERSON", "TO", "FROM", "SENDER", "THEN", "AFTER", "FOR"),
        *("UP_TO", "EVERY", "UNTIL", "FOR_GROUP", "AS", "IS_NOT", "ON_ACTIVITY", "GIVEN", "EXPECT"),
    }
)
_LITTLE = frozenset(
    {
        *("the", "an", "a", "my", "our", "your", "their", "this", "that", "then", "so", "please", "just", "only"),
        *("que", "qu'", "un", "une", "des", "mon", "ma", "mes", "ce", "cette", "son", "sa", "ses", "donc", "alors"),
        *("notre", "nos", "votre", "vos", "tous", "toutes", "bien", "aussi", "also", "any", "each", "du", "de", "d'"),
        *("le", "la", "les", "l'", "au", "aux", "à", "of", "to", "for", "in", "on", "and", "et", "dans", "en", "pour"),
        *("puis", "is", "est", "with", "avec", "ensuite", "has", "have", "been", "be", "all"),
        *("both", "either", "soit", "dejà", "already", "still", "encore", "yet", "now", "exactly", "sharp", "finally"),
    }
)
"""Words without which a sentence says the same, if it can be read without them."""
_MEANT = frozenset(
    {
        *("not", "no", "never", "without", "less", "more", "pas", "ne", "n'", "sans", "jamais", "non", "moins", "ni"),
        *("neither", "nor", "except", "sauf", "before", "avant", "after", "apres", "until", "till", "unless", "if"),
        *("other", "second", "third", "first", "last", "half", "quarter", "past", "demi", "demie", "quart", "premier"),
        *("dernier", "derniere", "deuxieme", "troisieme", "morning", "afternoon", "evening", "night", "matin", "soir"),
        *("percent", "twice", "once", "everyone", "everybody", "tutor", "teacher", "manager", "prof", "enseignant"),
        *("only", "seulement", "uniquement", "or", "ou", "between", "entre", "urgence", "reste", "noon", "midi"),
        *("week-end", "weekend", "weekends", "week-ends", "later", "tard", "maximum", "minimum", "subject", "sujet"),
        *("incomplete", "sur", "per", "daily", "weekly", "monthly", "quotidien", "hebdomadaire", "mensuel", "again"),
    }
)
"""Words without which it says something else, and so do participles."""
_DELETED = frozenset(
    {
        *("A", "FROM", "ARTICLE", "TO", "FOR", "AND", "IS", "ON", "AT", "THE_LAST"),
        *("ON_ACTIVITY", "LAST", "FOR_PERSON", "UNIT", "IN_GROUP", "EMPTY", "GROUP", "DATE", "ACTIVITY"),
    }
)
_MOST_DELETED = 6
_WORDS_BACK, _WORDS_AHEAD = 3, 1
_REAL = _LITTLE | _MEANT
"""Words that are spelled rightly."""


class Repairs:
    """Where the words of a statement are, and the changes of them that are worth a trial."""

    def __init__(self, trial: Trial) -> None:
        self.place = place = trial.place
        self.row = place.row
        self.first = trial.begin
        self.at = place.at
        self.last = self.first
        while self.last < len(self.row) and self.row[self.last].start < trial.end:
            self.last += 1

    def little(self) -> Iterator[Diagnostic]:
        """A little word too much."""
        for k in (self.at, self.at - 1):
            if self._is_little(k):
                yield self._without(k, k + 1, said.NEEDLESS)
                if self._is_little(k + 1):
                    yield self._without(k, k + 2, said.NEEDLESS)

    def _is_little(self, k: int) -> bool:
        """Whether it can be left out, and is no part of a name that is declared."""
        if not self._inside(k) or self.row[k].text not in _LITTLE or self._part(k, k + 1)[0].isupper():
            return False
        after = self.row[k + 1] if k + 1 < self.last else None
        if after is not None and self._may_be_misspelt(after) and spelled_like(after.text, self.place.language):
            return False  # `avertir le formatteur`: it stands rightly before what was meant
        if self.row[k - 1].terminals & {"SEND"} and k + 1 < self.last and is_kind(self.place, self.row[k + 1]):
            return False
        return self.row[k].kind != "word" or not self.row[k - 1].terminals & NAMED

    def respelt(self) -> Iterator[Diagnostic]:
        """A word of the language that is misspelt, or written as two, and was taken for a name."""
        for k in range(min(self.at + _WORDS_AHEAD, self.last - 1), max(self.at - _WORDS_BACK, self.first) - 1, -1):
            for last in (k, k + 1):
                chosen = self.row[k : last + 1]
                if last >= self.last or not all(self._may_be_misspelt(one) for one in chosen):
                    continue
                written = "".join(one.text for one in chosen)
                for right in spelled_like(written, self.place.language):
                    if written != words.fold(right) or last > k:
                        fix = self.place.replaced(chosen[0].start, chosen[-1].end, right, right)
                        yield self.place.report(said.MISSPELT, chosen[0], chosen[-1], fix, en=right, fr=right)

    def _may_be_misspelt(self, one: Lexeme) -> bool:
        return one.kind == "word" and not one.first and one.text not in self.place.declared and one.text not in _REAL

    def moved(self) -> Iterator[Diagnostic]:
        """A clause in another place: the one that stopped the reader, or the one before it."""
        edges = self._edges()
        at = next((n for n, k in enumerate(edges) if k >= self.at), len(edges) - 1)
        own = [(at, at + count) for count in range(1, _MOST_MOVED + 1)]
        if edges[at] != self.at:
            own = [(at - 1, at - 1 + count) for count in range(1, _MOST_MOVED + 1)]
        before = [(at - count, at) for count in range(1, _MOST_MOVED + 1)]
        around = [(at - 1, at - 1 + count) for count in range(2, _MOST_MOVED + 1)]
        for i, j in (*own, *before, *around):
            if i < 1 or j >= len(edges) or self.row[edges[i]].kind not in ("keyword", "number"):
                continue
            if sum(bool(one.terminals & _CLAUSES) for one in self.row[edges[i] : edges[j]]) > 1:
                continue
            for t in sorted(range(1, len(edges)), key=lambda t: min(abs(t - i), abs(t - j))):
                if not i <= t <= j and not self._to_nobody(edges[i]) and min(abs(t - i), abs(t - j)) <= _FARTHEST:
                    yield self._move(edges, i, j, t)

    def _to_nobody(self, k: int) -> bool:
        """Whether it says from or to whom, and nobody of that name is declared: `du matin`."""
        after = self.row[k + 1] if k + 1 < len(self.row) else None
        if self.row[k].terminals & {"AT_LEAST", "UP_TO"} and (after is None or after.kind != "number"):
            return True
        if after is None or after.kind != "word" or not self.row[k].terminals & {"FROM", "SENDER", "A", "TO"}:
            return False
        return not self._is_contact(after.text)

    def _is_contact(self, name: str) -> bool:
        return "CONTACT" in self.place.declared.get(name, ())

    def inserted(self) -> Iterator[Diagnostic]:
        """A word that is missing."""
        here = self.place.here
        if here is None:
            return
        if "RPAR" in self.place.expected and self.place.before is not None:
            end = self.place.before.end
            fix = self.place.replaced(end, end, ")", ")")
            yield self.place.report(said.MISSING_PARENTHESIS, self.place.before, fix=fix)
        wanted = self.place.expected & _INSERTED
        if here.kind != "keyword" and not (here.kind == "word" and self._is_contact(here.text)):
            wanted -= {"FROM", "SENDER", "TO", "A"}
        if here.kind == "word":
            wanted -= {"SEND"}
        if here.kind == "text":
            told = self.place.before is not None and self.place.before.kind == "text"
            wanted = self.place.expected & ({"SUBJECT", "IS"} if told else {"IS"})
        for terminal in sorted(wanted):
            for keyword in words.keywords():
                if terminal in keyword.terminals.values() and keyword.en and keyword.fr:
                    en, fr = words.canonical(keyword.en[0]), words.canonical(keyword.fr[0])
                    fix = self.place.replaced(here.start, here.start, f"{en} ", f"{fr} ")
                    last = self.place.after if here.kind == "number" and self._counts() else None
                    yield self.place.report(said.MISSING_WORD, here, last, fix, en=en, fr=fr)
                    break

    def deleted(self) -> Iterator[Diagnostic]:
        """Words that the language does not know, from where reading stopped."""
        for count in range(1, _MOST_DELETED + 1):
            for first in range(self.at, self.at - min(count, 3), -1):
                if self._deletable(first, first + count):
                    chosen = self.row[first : first + count]
                    plain = all(one.kind == "keyword" or one.text in _LITTLE for one in chosen)
                    yield self._without(first, first + count, said.NEEDLESS if plain else said.NOT_UNDERSTOOD)

    def _deletable(self, first: int, end: int) -> bool:
        if not (self._inside(first) and self._inside(end - 1)) or self._is_plain_little(first - 1):
            return False
        return not any(one.first for one in self.row[first + 1 : end]) and all(
            self._says_nothing(k) for k in range(first, end)
        )

    def _is_plain_little(self, k: int) -> bool:
        return self.row[k].kind == "word" and self.row[k].text in _LITTLE

    def _says_nothing(self, k: int) -> bool:
        one = self.row[k]
        if one.kind == "word":
            named = re.search(r"\d|^[^\W\da-z]", self._part(k, k + 1)) is not None
            meant = one.text in _MEANT or one.text in amounts.NUMBERS or one.text.rstrip("s") in words.values("WEEKDAY")
            unknown = k >= self.at and not named and not meant and not is_participle(one.text)
            return unknown or one.text in _LITTLE
        return one.kind == "other" or (one.kind == "keyword" and bool(one.terminals & _DELETED) and len(one.text) < 12)

    # --- the parts of a statement ---

    def _inside(self, k: int) -> bool:
        return self.first < k < self.last

    def _counts(self) -> bool:
        return self.place.after is not None and bool(self.place.after.terminals & {"UNIT", "TIMES"})

    def _edges(self) -> list[int]:
        """The words with which a part of the statement begins, and its end."""
        found = [self.first]
        for k in range(self.first + 1, self.last):
            one, before = self.row[k], self.row[k - 1]
            if self._glued(k):
                continue
            counted = one.kind == "number" and self.row[min(k + 1, self.last - 1)].terminals & {"UNIT", "TIMES"}
            joins = before.kind == "keyword" and before.terminals & {"AND", "OR", "NOT"}
            heads = _HEADS if self.row[self.first].terminals & (NAMED - {"RULE"}) else _HEADS - {"IS"}
            starts = one.terminals & heads or one.kind == "text" or counted or before.kind == "text"
            if starts and not joins:
                found.append(k)
        return [*found, self.last]

    def _glued(self, k: int) -> bool:
        """Whether a word goes with the one before it."""
        one, before = self.row[k], self.row[k - 1]
        if before.terminals & {"WAIT", "REPEAT", "EVERY", "EXPIRES", "AGAIN_AFTER", "UP_TO", "AT_LEAST"}:
            return one.kind == "number" or bool(one.terminals & {"AT_LEAST", "UNTIL", "UP_TO"})
        return before.terminals & {"A", "TO", "FROM"} != frozenset() and one.kind == "number"

    def _part(self, first: int, end: int) -> str:
        return " ".join(self.place.src.text[self.row[first].start : self.row[end - 1].end].split())

    # --- changes ---

    def _move(self, edges: Sequence[int], i: int, j: int, t: int) -> Diagnostic:
        row, place = self.row, self.place
        moved = self._part(edges[i], edges[j])
        if "UNTIL" in row[edges[i]].terminals:
            moved = until_fact(moved, place.language) or moved
        out = self._cut(edges[i], edges[j])
        within_line = t > i and not row[edges[i]].first
        if (t < i or t < len(edges) - 1) and not within_line:
            to: Change = (row[edges[t]].start, row[edges[t]].start, self._spaced(moved, edges[t]))
        else:
            end = row[edges[t] - 1].end
            to = (end, end, f" {moved}")
        if t < i:
            alone = edges[t + 1] - edges[t] == 1 and self.row[edges[t + 1] % len(self.row)].kind == "text"
            beside = self._part(edges[t], edges[t + 1 + alone] if t + 1 + alone <= i else edges[t + 1])
            right, message = f"{moved} {beside}", said.BELONGS_BEFORE
        else:
            told = self.row[edges[t - 1]].kind == "text" and edges[t - 1] - edges[t - 2] == 1
            beside = self._part(edges[t - 2 if told and t - 2 >= j else t - 1], edges[t])
            right, message = f"{beside} {moved}", said.BELONGS_AFTER
        fix = Fix(tuple(Edit(place.src.span(a, b), text) for a, b, text in sorted((out, to))))
        span = row[edges[i]], row[edges[j] - 1]
        return place.report(message, *span, fix, right=shortened(right, 100), beside=shortened(beside, 40))

    def _spaced(self, moved: str, k: int) -> str:
        """A clause that is put before another one, on a line of its own where that one has its own."""
        one = self.row[k]
        if not one.first:
            return f"{moved} "
        text = self.place.src.folded
        return moved + text[text.rfind("\n", 0, one.start) : one.start] if "\n" in text[: one.start] else f"{moved} "

    def _cut(self, first: int, end: int) -> Change:
        """Takes words out, with the blanks before them."""
        row, text = self.row, self.place.src.folded
        start, stop = row[first].start, row[end - 1].end
        before = len(text[:start].rstrip(" \n"))
        whole_lines = row[first].first and (end >= len(row) or row[end].first)
        if row[first].first and not whole_lines:
            return start, row[end].start, ""
        return before, stop, ""

    def _without(self, first: int, end: int, message: Message) -> Diagnostic:
        place, row = self.place, self.row
        start, stop, _ = self._cut(first, end)
        word = self._part(first, end)
        fix = Fix((Edit(place.src.span(start, stop), ""),))
        return place.report(message, row[first], row[end - 1], fix, word=shortened(word))
