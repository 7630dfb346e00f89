"""One sheet row by row: employers, rows that continue one, and rows that are no employer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from typing import Protocol

from ohdesk.domain.bounds import LONGEST_PASSAGE
from ohdesk.domain.establishment import FIELD_BY_KEY, IN_BUSINESS
from ohdesk.domain.list_columns import Choices
from ohdesk.domain.personal import masked_text, without_personal_numbers
from ohdesk.domain.roll.column_cells import DITTO, JOINED, PSEUDO, ColumnCells
from ohdesk.domain.roll.columns import Layout, layout_at, vertical_merges, wide_merges
from ohdesk.domain.roll.draft import Draft, Places
from ohdesk.domain.roll.fields import (
    GRADINGS,
    Reader,
    as_it_stands,
    join_distinct,
    personal_number_text,
    split_industry,
)
from ohdesk.domain.roll.headings import Headings
from ohdesk.domain.roll.row_judge import RowJudge
from ohdesk.domain.roll.sheet_columns import SheetColumns
from ohdesk.domain.roll.table import Cell, Doubt, Entry, Refusal, Table
from ohdesk.domain.roll.values import (
    MISSING,
    Code,
    clean_code,
    clean_text,
    heading_of,
    is_error,
    is_picture,
    shown_text,
    text_of,
)
from ohdesk.domain.roll.words import RollWords
from ohdesk.domain.secrecy import refuse_marked, refuse_row
from ohdesk.i18n import tr

WATCHED_EVERY = 100  # rows
FEW_HEADINGS = 3  # words of headings that a row of an employer may have
IDENTIFYING = ("address", "legal_representative", "person_in_charge", "contact", "phone")
AHEAD = 100  # rows whose cells are read together, column by column


class Taker(Protocol):
    """Whoever is handed what a list holds, row by row."""

    def entry(self, entry: Entry) -> None:
        """Take an employer."""

    def refusal(self, refusal: Refusal) -> None:
        """Take a row that cannot be imported."""


class SheetReader:
    """Reads the rows below a heading for `taker`; `rows` and `warnings` say in the end what was found."""

    def __init__(self, table: Table, layout: Layout, words: RollWords, choices: Choices, taker: Taker) -> None:
        self.rows = 0
        self._taker = taker
        self._table = table
        self._words = words
        self._choices = choices
        self._reader = Reader(words)
        self._judge = RowJudge(words)
        self._headings = Headings(table)
        self._shown = vertical_merges(table)
        self._wide = wide_merges(table)
        self._last: Draft | None = None
        self._open: Draft | None = None  # what a continuing row would belong to: the last one, or none
        self._after_refusal = False
        self._left_out = Places()
        self._doubts: dict[tuple[str, str], Places] = {}  # by column and reason
        self._classes: dict[str, set[str]] = {}
        self._schemes: dict[tuple[str, str], str] = {}
        self._columns: list[ColumnCells] = []
        self._ahead: list[dict[str, str] | None] = []  # the fields of the rows from `_ahead_from` on
        self._ahead_from = 0
        self.columns = SheetColumns(table, choices)
        self._use(layout)

    def read(self, watch: Callable[[int], object]) -> None:
        """Read all rows; `watch(row)` is called now and then, and what it raises ends the reading."""
        row = self._layout.bottom + 1
        while row < len(self._table.rows):
            # Often enough that cancelling is felt at once, seldom enough that it costs nothing.
            if row % WATCHED_EVERY == 0:
                watch(row)
            cells = self._table.rows[row]
            # An empty row ends an employer; one that is only covered by a merged cell of the employer above does not.
            if not cells and row not in self._shown:
                self._open = None
                row += 1
                continue
            code, own_code = self._code(row, cells)
            # Lists printed page by page repeat their heading, and lists pasted together bring another one with other
            # columns.
            again = None if code.identifies else self._heading_again(row, cells)
            if again:
                self._use(again)
                row = again.bottom + 1
                continue
            self._read_row(row, cells, code, own_code)
            row += 1
        self._hand_over()

    def _use(self, layout: Layout) -> None:
        self._layout = layout
        self._columns = [
            ColumnCells(column, key, layout.headings.get(column, ""), self._reader)
            for key, columns in layout.columns.items()
            if key not in {"name", "uscc"}
            for column in columns
        ]
        self._one_each = len({column.key for column in self._columns}) == len(self._columns) > 0
        self._class_heading = next((column.heading for column in self._columns if column.key == "risk_class"), "")
        self._ahead = []
        self.columns.use(layout)

    def _hand_over(self) -> None:
        """Hand over the last employer, to which nothing is added any more."""
        draft = self._last
        if draft is None:
            return
        for doubt in draft.doubts:
            places = self._doubts.setdefault((doubt.column, doubt.reason), Places())
            places.add(f"{draft.row + 1}“{doubt.found[:30]}”")
        told = (tuple(draft.flags), tuple(draft.doubts))
        code = "" if draft.code.state == "personal" else draft.code.text
        self._taker.entry(
            Entry(draft.row + 1, self._table.name, draft.name, code, draft.fields, *told, tuple(draft.kept.items()))
        )

    def warnings(self) -> Iterator[str]:
        """Yield what the user should know about this sheet, in whole sentences."""
        sheet = self._table.name
        if self._left_out.count:
            yield tr(
                "工作表“{sheet}”有 {count} 行不是单位（合计、分组、落款、说明等），没有导入：第 {rows} 行。",
                sheet=sheet,
                count=self._left_out.count,
                rows=self._left_out.listed(),
            )
        for heading, classes in self._classes.items():
            if classes & {"甲", "乙", "丙"} and not self._reader.scheme_of(heading, sorted(classes)):
                text = tr("工作表“{sheet}”的“{heading}”用甲、乙、丙，但没有写明按哪个办法分类，高低可能相反，请核对。")
                yield text.format(sheet=sheet, heading=heading)
        yield from chain(self._doubt_warnings(sheet), self.columns.warnings())

    def _doubt_warnings(self, sheet: str) -> Iterator[str]:
        for (column, reason), places in self._doubts.items():
            yield tr(
                "工作表“{sheet}”的{column}有 {count} 处需核对（{reason}）：第 {places} 行。",
                sheet=sheet,
                column=column,
                count=places.count,
                reason=reason,
                places=str(places),
            )

    # -- rows ------------------------------------------------------------------------------------

    def _heading_again(self, row: int, cells: Sequence[Cell]) -> Layout | None:
        """Return the layout that begins at this row when the heading is repeated or a new one begins."""
        if self._words.name_headings.isdisjoint(cells):
            own = self._text(cells, self._layout.name)
            if not own or heading_of(own) != heading_of(self._layout.headings.get(self._layout.name, "")):
                return None
        if not self._reads_as_heading(cells):
            return None
        return layout_at(self._table, self._headings, row, self._words, self._choices.columns)

    def _reads_as_heading(self, cells: Sequence[Cell]) -> bool:
        """True for a row of headings rather than an employer one of whose cells says 用人单位.

        Where the names stand it says what names or another field are headed. An employer's name never does, and where a
        row has none, or a word nobody knows, most of its cells must be headings.
        """
        own = self._text(cells, self._layout.name)
        if heading_of(own) in self._words.name_headings:
            return True
        texts = [text for text in map(text_of, cells) if text]
        said = sum(heading_of(text) in self._words.headings for text in texts)
        if own and heading_of(own) not in self._words.headings:
            return not self._judge.names_organisation(own) and said > FEW_HEADINGS and said * 3 > len(texts) * 2
        return said > 1 and said * 2 > len(texts)

    def _read_row(self, row: int, cells: Sequence[Cell], code: Code, own_code: bool) -> None:
        self.columns.look_at(cells)
        # A name merged over several rows stands in the first of them only; the others continue that employer.
        above = self._shown.get(row, {}).get(self._layout.name)
        name_cell = self._cell(cells, self._layout.name) if above is None else None
        name = self._name(name_cell)
        if not self._is_left_out(row, cells, name, code):
            repeats_open = self._open is not None and code.text != "" and code.text == self._open.code.text
            if name:
                self._read_named(row, cells, name_cell, code)
            elif own_code and code.state != "missing" and not repeats_open:
                if above is None:
                    self._refuse(row, cells, self._layout.name, tr("有信用代码，但没有单位名称"))
                else:
                    self._read_named(row, cells, self._cell(self._table.rows[above], self._layout.name), code)
            else:
                self._read_nameless(row, cells)

    def _is_left_out(self, row: int, cells: Sequence[Cell], name: str, code: Code) -> bool:
        """True for blank rows and rows that are no employer, which are noted."""
        # Where a whole code stands only the first is looked at: nearly every row of nearly every list.
        filled = list(islice(filter(None, map(text_of, cells)), 1 if code.identifies else None))
        if not filled:
            self._open = self._open if row in self._shown else None
            return True
        merged = False
        if wide := self._wide.get(row):
            covered = [column for found in self._layout.columns.values() for column in found if wide.covers(column)]
            merged = self._layout.name in covered and len(covered) > 1
        if self._judge.is_no_employer(filled, name, code.identifies, merged):
            self._leave_out(row)
            return True
        return False

    def _name(self, cell: Cell) -> str:
        """Return the text in the column of names; "" for words that say there is none, or the same as above."""
        name = text_of(cell)
        return "" if self._reader.is_empty_word(name) or self._reader.is_ditto(name) else name

    def _read_nameless(self, row: int, cells: Sequence[Cell]) -> None:
        serial = self._text(cells, self._layout.serial)
        content = [column for column, cell in enumerate(cells) if column != self._layout.serial and text_of(cell)]
        own_serial = bool(serial) and not (self._open and self._open.serial == serial)
        if not content:
            if serial and not serial.isdecimal():
                self._leave_out(row)
            return
        if self._open and not own_serial:
            self.rows += 1
            self._continue(cells)
        # It continues an employer that was refused: no second complaint about the same one.
        elif self._after_refusal and not own_serial:
            self.rows += 1
        elif self._identifies(cells) and (own_serial or len(content) > 1):
            self._refuse(row, cells, self._layout.name, tr("没有单位名称，也没有信用代码"))
        else:
            self._leave_out(row)

    def _read_named(self, row: int, cells: Sequence[Cell], name_cell: Cell, code: Code) -> None:
        text, personal = without_personal_numbers(text_of(name_cell))
        name, state = self._reader.name_and_state(text)
        if "密" in name and not code.identifies:
            refuse_marked(name, tr("工作表“{sheet}”第 {row} 行", sheet=self._table.name, row=row + 1))
        if problem := self._reader.name_problem(name_cell, name):
            # Neither code nor address nor telephone: a remark that happens to stand under the names.
            if code.state == "missing" and not self._identifies(cells) and not is_error(name):
                self._leave_out(row)
            else:
                self._refuse(row, cells, self._layout.name, problem)
            return
        self.rows += 1
        draft = Draft(row, name, code, self._text(cells, self._layout.serial), {"name": name}, state=state)
        if personal:
            place = self._layout.place(self._layout.name)
            doubt = Doubt(place, tr("被检查单位的名称"), masked_text(text_of(name_cell)), personal_number_text())
            draft.doubts.append(doubt)
        if row in self._table.hidden_rows:
            # Taken and flagged: whether it was struck off or only filtered away nobody here can tell.
            draft.flags.append("hidden")
        self._fill(draft, row, cells)
        self._hand_over()
        self._last = self._open = draft
        self._after_refusal = False

    # -- cells -----------------------------------------------------------------------------------

    def _cell(self, cells: Sequence[Cell], column: int) -> Cell:
        return cells[column] if 0 <= column < len(cells) else None

    def _text(self, cells: Sequence[Cell], column: int) -> str:
        return text_of(self._cell(cells, column))

    def _code(self, row: int, cells: Sequence[Cell]) -> tuple[Code, bool]:
        """Return the credit code of a row, and whether it stands in the row itself rather than merged from above."""
        column = self._layout.uscc
        if column < 0:
            return MISSING, False
        above = self._shown.get(row, {}).get(column)
        source = cells if above is None else self._table.rows[above]
        cell = self._cell(source, column)
        code = clean_code(cell, self._words.words["empty"])
        if code.identifies:
            return code, above is None
        if isinstance(cell, str) and self._reader.is_ditto(clean_text(cell)):
            return MISSING, False
        # The column of the old numbers may have the credit code that took their place.
        for registered in self._layout.columns.get("registration", ()) if code.state == "missing" else ():
            beside = clean_code(self._cell(cells, registered), self._words.words["empty"])
            if beside.identifies:
                return beside, True
        return code, above is None

    def _identifies(self, cells: Sequence[Cell]) -> bool:
        return any(self._text(cells, column) for key in IDENTIFYING for column in self._layout.columns.get(key, ()))

    def _fill(self, draft: Draft, row: int, cells: Sequence[Cell]) -> None:
        self._fill_code(draft, cells)
        fields = self._plain_fields(row)
        if fields is None:
            self._fill_slowly(draft, row, cells)
        else:
            draft.fields.update(fields)
            if risk_class := fields.get("risk_class"):
                self._classes.setdefault(self._class_heading, set()).add(risk_class)
        if self.columns.kept:
            self._keep(draft, cells, self._shown.get(row, {}))
        self._settle_state(draft)

    def _keep(self, draft: Draft, cells: Sequence[Cell], shown: Mapping[int, int]) -> None:
        """Add what stands in the columns that are kept; shown: row of the cell that is shown in a column."""
        for heading, column in self.columns.kept.items():
            cell = self._cell(self._table.rows[shown[column]] if column in shown else cells, column)
            text, problem = as_it_stands(cell)
            if problem:
                place = self._layout.place(column)
                draft.doubts.append(Doubt(place, tr("能认出的内容"), shown_text(cell), problem))
            if text:
                held = draft.kept.get(heading, "")
                draft.kept[heading] = "；".join(dict.fromkeys(filter(None, (held, text))))[:LONGEST_PASSAGE]

    def _fill_slowly(self, draft: Draft, row: int, cells: Sequence[Cell]) -> None:
        shown = self._shown.get(row, {})
        for column in self._columns:
            above = shown.get(column.place)
            cell = self._cell(cells if above is None else self._table.rows[above], column.place)
            if cell is not None and cell != "":
                self._take(draft, column, cell)

    def _plain_fields(self, row: int) -> dict[str, str] | None:
        """Return what the columns of a row fill, where no cell of it needs a look at the rest of the list."""
        if not self._one_each or row in self._shown:
            return None
        if not 0 <= row - self._ahead_from < len(self._ahead):
            self._look_ahead(row)
        return self._ahead[row - self._ahead_from]

    def _look_ahead(self, row: int) -> None:
        rows = self._table.rows[row : row + AHEAD]
        cells = list(zip_longest(*rows))
        blank = ("",) * len(rows)
        texts = [
            column.plain_texts(cells[column.place]) if column.place < len(cells) else blank for column in self._columns
        ]
        keys = [column.key for column in self._columns]
        self._ahead_from = row
        self._ahead = [
            None if None in said else {key: text for key, text in zip(keys, said, strict=True) if text}
            for said in zip(*texts, strict=True)
        ]

    def _fill_code(self, draft: Draft, cells: Sequence[Cell]) -> None:
        code = draft.code
        if code.identifies:
            draft.fields["uscc"] = code.text
        if code.state == "right":
            return
        draft.flags.append(f"uscc_{code.state}")
        raw = self._cell(cells, self._layout.uscc)
        is_missing = code.state == "missing"
        if is_missing and not (isinstance(raw, str) and is_picture(raw.strip())):
            return
        found = code.text if code.state == "other" else shown_text(raw) or code.text
        reason = {
            "missing": tr("单元格里是图片，没有读取"),
            "damaged": tr("位数不对或被存成了数字，代码已残缺"),
            "other": tr("是旧的注册号或组织机构代码，不是信用代码，另存为“原注册号”"),
            "personal": tr("是公民身份号码（身份证号），不作信用代码，名录不收"),
        }.get(code.state, tr("校验位不符"))
        if code.state == "other":
            draft.fields["registration"] = code.text
        if code.suggestion:
            reason = tr("校验位不符，是否为 {code}", code=code.suggestion)
        draft.doubts.append(Doubt(self._layout.place(self._layout.uscc), tr("18 位统一社会信用代码"), found, reason))

    def _take(self, draft: Draft, column: ColumnCells, cell: Cell) -> None:
        """Add the value of one cell."""
        key, heading = column.key, column.heading
        text, problem = column.value(cell)
        if problem == DITTO:
            text, problem = self._last.fields.get(key, "") if self._last else "", ""
        if problem:
            draft.doubts.append(Doubt(self._layout.place(column.place), _expected(key), shown_text(cell), problem))
        if not text:
            return
        if key in PSEUDO:
            draft.state = draft.state or text
            return
        self._put(draft, key, text, heading)
        if key == "declared" and "declared_on" not in self._layout.columns:
            # Many lists answer "declared?" with the day of the declaration.
            day = self._reader.value("declared_on", cell, heading)
            if day.text:
                draft.fields["declared_on"] = day.text

    def _put(self, draft: Draft, key: str, text: str, heading: str) -> None:
        # What is longer than a field holds is a page pasted into a cell; its beginning tells what it is.
        most = FIELD_BY_KEY[key].most
        text = text[:most]
        # Nearly every employer has its hazards in one cell; only those that go on in further rows have to be joined.
        if key in JOINED and key not in draft.fields:
            draft.fields[key] = text
        elif key in JOINED:
            draft.fields[key] = join_distinct((*draft.fields.get(key, "").split("、"), *text.split("、")))[:most]
        elif key == "industry":
            code, name = split_industry(text)
            draft.fields.setdefault("industry", name or text)
            if code:
                draft.fields.setdefault("industry_code", code)
        elif key in GRADINGS and self._reader.grading_of(text, heading) == "hazard_grade":
            draft.fields.setdefault("hazard_grade", text)
        elif key in GRADINGS:
            draft.fields.setdefault("risk_class", text)
            self._classes.setdefault(heading, set()).add(text)
            if (heading, text) not in self._schemes:
                self._schemes[heading, text] = self._reader.scheme_of(heading, (text,))
            if scheme := self._schemes[heading, text]:
                draft.fields.setdefault("risk_scheme", scheme)
        else:
            draft.fields.setdefault(key, text)

    def _settle_state(self, draft: Draft) -> None:
        state = draft.state or self._reader.closed_in(draft.fields.get("note", ""))
        status = draft.fields.get("status", "")
        known = status in self._words.status
        # A remark that it is closed goes before a status 在业, which is often left as it was.
        if state and (not status or status == IN_BUSINESS or not known):
            draft.fields["status"] = state
        elif not state and known and status != IN_BUSINESS:
            state = status
        if state and "closed" not in draft.flags:
            draft.flags.append("closed")

    def _continue(self, cells: Sequence[Cell]) -> None:
        """Add what a continuing row says to its employer: hazards and notes are joined, gaps are filled."""
        draft = self._open
        if draft is None:
            return
        for column in self._columns:
            cell = self._cell(cells, column.place)
            if cell is not None and (column.key in JOINED or column.key not in draft.fields):
                self._take(draft, column, cell)
        if self.columns.kept:
            self._keep(draft, cells, {})
        self._settle_state(draft)

    def _refuse(self, row: int, cells: Sequence[Cell], column: int, reason: str) -> None:
        self.rows += 1
        self._open = None
        self._after_refusal = True
        self._taker.refusal(
            Refusal(
                self._table.name,
                row + 1,
                self._layout.place(column),
                tr("被检查单位的名称"),
                shown_text(self._cell(cells, column)),
                reason,
                tuple(map(shown_text, cells)),
            )
        )

    def _leave_out(self, row: int) -> None:
        # What stands below a list may say how secret it is.
        texts = [cell for cell in self._table.rows[row] if isinstance(cell, str)]
        refuse_row(texts, tr("工作表“{sheet}”第 {row} 行", sheet=self._table.name, row=row + 1))
        self._left_out.add(str(row + 1))
        self._open = None
        self._after_refusal = False


def _expected(key: str) -> str:
    kind = FIELD_BY_KEY[key].kind if key in FIELD_BY_KEY else "text"
    return {"count": tr("人数"), "day": tr("日期"), "flag": tr("是或否")}.get(kind, tr("能认出的内容"))
