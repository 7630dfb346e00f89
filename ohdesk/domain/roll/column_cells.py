"""The cells of one column of a list: what each says, by itself, and of most of them many at once."""

import unicodedata
from collections.abc import Sequence

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.personal import SHORTEST, without_personal_numbers
from ohdesk.domain.roll.fields import GRADINGS, LONGEST_TEXT, Reader, Value, split_industry
from ohdesk.domain.roll.table import Cell
from ohdesk.domain.roll.values import QUOTES, clean_text, tightened

DITTO = "ditto"
CLOSED = "停业"
JOINED = frozenset({"hazards", "note", "tags"})
PSEUDO = frozenset({"closed_if_yes", "open_if_yes"})
# texts not all taken as they are
_UNDERSTOOD = frozenset({"registration", "town", "status", *GRADINGS, "industry", "hazards"})
_KNOWN = 5000  # different cells of a column remembered: of names and telephones each is another, and never comes again
_BETWEEN = "|"
# Of a text that is not what it seems: what stands before it, and spaces that go.
_ODD = (*(_BETWEEN + character for character in f"#=_{QUOTES} "), f" {_BETWEEN}", "  ")
_CLOSER_LOOK = frozenset("#=_")
_BLANK = frozenset({None, ""})
_TEXTS = frozenset({str, type(None)})


class ColumnCells:
    """Reads the cells of a column at `place`, which fills the field `key`; `PSEUDO` are a state, no field."""

    def __init__(self, place: int, key: str, heading: str, reader: Reader) -> None:
        self.place, self.key, self.heading = place, key, heading
        self._reader = reader
        field = FIELD_BY_KEY.get(key)
        self._is_text = field is not None and field.kind == "text" and key not in _UNDERSTOOD
        most = field.most if field else 0
        self._most = min(most, LONGEST_TEXT) if self._is_text else most
        self._odd_words = (reader.words.words["empty"] | reader.words.words["ditto"]) - {""}
        self._known: dict[Cell, Value] = {}
        self._plain = _Remembered(self)

    def value(self, cell: Cell) -> Value:
        """Return what a cell says; its problem is `DITTO` for a word that means the same as above."""
        if isinstance(cell, bool):  # as keys, True and 1 are the same
            return self._read(cell)
        value = self._known.get(cell)
        if value is None:
            value = self._read(cell)
            if len(self._known) < _KNOWN:
                self._known[cell] = value
        return value

    def plain_text(self, cell: Cell) -> str | None:
        """Return what a cell puts into the field, "" for nothing; None for one that needs a closer look.

        A closer look need those with a problem, and those that say something of another field besides.
        """
        if cell in _BLANK:
            return ""
        if self._is_text and type(cell) is str and cell[0] not in _CLOSER_LOOK:
            text = clean_text(cell)
            if len(text) >= SHORTEST and without_personal_numbers(text)[1]:
                return None
            # Joined texts of several rows are asked for words like 同上 as they were typed.
            if text and text.lower() not in self._odd_words and (text == cell or self.key not in JOINED):
                return text[: self._most]
        text, problem = self.value(cell)
        return None if problem or self._says_more(cell, text) else text[: self._most]

    def plain_texts(self, cells: Sequence[Cell]) -> Sequence[str | None]:
        """Return `plain_text` of many cells, at little cost where all of them are what most are."""
        kinds = set(map(type, cells))
        if bool not in kinds and not self._is_text:
            return list(map(self._plain.__getitem__, cells))
        if self._is_text and kinds <= _TEXTS:
            texts = [cell if type(cell) is str else "" for cell in cells]
            if plain := self._plainly(texts):
                return plain
        return list(map(self.plain_text, cells))

    def _plainly(self, texts: Sequence[str]) -> Sequence[str]:
        """Return texts as they are taken, seen by looking at all as one; nothing when one of them may be odd."""
        whole = _BETWEEN + _BETWEEN.join(texts)
        if (
            not whole.isprintable()
            or "_x" in whole
            or any(mark in whole for mark in _ODD)
            or not unicodedata.is_normalized("NFC", whole)
        ):
            return ()
        if " " in whole:
            # Joined texts of several rows are asked for words like 同上 as they were typed.
            if self.key in JOINED or whole[-1] == " " or whole.count(_BETWEEN) > len(texts):
                return ()
            texts = tightened(whole).split(_BETWEEN)[1:]
        longest = max(map(len, texts))
        is_odd = longest > self._most or not self._odd_words.isdisjoint(map(str.lower, texts))
        if not is_odd and longest >= SHORTEST:
            is_odd = bool(without_personal_numbers(whole)[1])
        return () if is_odd else texts

    def _says_more(self, cell: Cell, text: str) -> bool:
        """True for a cell that fills another field besides its own."""
        if self.key in PSEUDO:
            return bool(text)
        if self.key == "industry":
            return bool(split_industry(text)[0])
        if self.key in GRADINGS and text:
            is_other = self._reader.grading_of(text, self.heading) != self.key
            return is_other or bool(self._reader.scheme_of(self.heading, (text,)))
        return self.key == "declared" and bool(self._reader.value("declared_on", cell, self.heading).text)

    def _read(self, cell: Cell) -> Value:
        if isinstance(cell, str) and self._reader.is_ditto(cell.strip()):
            return Value("", DITTO)
        if self.key in PSEUDO:
            return Value(CLOSED if self._reader.says_yes(cell) is (self.key == "closed_if_yes") else "")
        return self._reader.value(self.key, cell, self.heading)


class _Remembered(dict[Cell, str | None]):
    """`plain_text` of the cells of a column, since lists repeat themselves."""

    def __init__(self, column: ColumnCells) -> None:
        super().__init__()
        self._column = column

    def __missing__(self, cell: Cell) -> str | None:
        text = self._column.plain_text(cell)
        if len(self) < _KNOWN:
            self[cell] = text
        return text
