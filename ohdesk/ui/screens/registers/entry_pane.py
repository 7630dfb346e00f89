"""One entry beside its list: what it says, where it stands, and what was written before."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.register.definition import Definition, Kind, State, word
from ohdesk.domain.register.states import following, state_word
from ohdesk.domain.register.values import typed_text
from ohdesk.forms.list_sources import provenance_text
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.paper.listing import BOOK as PAPERS
from ohdesk.services.paper.listing import NOT_READ
from ohdesk.services.register import entries, listing
from ohdesk.services.register.attachments import Attachment, attached, file_fields
from ohdesk.services.register.entries import EntryDetail, FieldWrite
from ohdesk.services.register.listing import EntryRow
from ohdesk.ui.kit.actions import action, button, focus_offered
from ohdesk.ui.kit.lay import Item, clear, column, facts, muted, text
from ohdesk.ui.kit.leading import leading
from ohdesk.ui.kit.pane import Pane, packed

_WRITES_SHOWN = 8
_FILE_LETTERS = "DM"  # of the fields that hold files: no book has more of them
_LETTERS = "HJPRTVWGLYAK"  # of the states, by their place; the others are the screen's


class Known(NamedTuple):
    """What is known of an entry: its line in the list, and itself in full."""

    row: EntryRow
    detail: EntryDetail
    files: Sequence[Attachment] = ()


def read_entry(ctx: Context, definition: Definition, entry: str) -> Known:
    """Return what the pane shows. Raises UserError when there is no such entry any more."""
    detail = entries.detail(ctx, entry)
    return Known(listing.row_of(ctx, definition.id, entry), detail, attached(ctx, entry))


class EntryPane(Pane):
    """The entry selected; emits what is wanted: to put it right, to turn it to another state."""

    correct_wanted = Signal()
    turn_wanted = Signal(str)  # the key of a state
    file_wanted = Signal(object)  # Attachment
    files_wanted = Signal(str)  # files are to be put to the field of this key
    paper_wanted = Signal()

    def __init__(self, definition: Definition) -> None:
        super().__init__(tr("登记详情"))
        self._definition = definition
        self.shown: Known | None = None
        self.turns: dict[str, QPushButton] = {}
        self._turning = column()
        said = [(each.key, word(each.label)) for each in file_fields(definition)]
        self.adding = [
            button(tr("加{files}…(&{letter})", files=files, letter=letter), act=partial(self.files_wanted.emit, key))
            for letter, (key, files) in zip(_FILE_LETTERS, said, strict=False)
        ]
        self.correct = action("edit", tr("更正…(&E)"), self.correct_wanted.emit)
        self.paper = action("document", tr("打开文书(&Z)"), self.paper_wanted.emit)
        self.paper.setVisible(definition.id == PAPERS)
        written = () if definition.read_only else (*self.adding, self.correct)
        self.add_actions(self._turning, packed((self.paper, *written)))

    def show_entry(self, known: Known) -> None:
        """Show one entry."""
        if self.shown == known:
            return
        self.shown = known
        row, detail, files = known
        definition = self._definition
        chips = (
            (state_word(definition, row.state) if row.state else "", "plain"),
            (tr("期限 {day}", day=row.due_on) if row.due_on else "", "warn"),
            (tr("待核：{fields}", fields=_headings(definition, detail.contested)) if detail.contested else "", "warn"),
        )
        name = row.about or row.number or word(definition.title)
        self.show_head(name, row.number if row.about else "", chips)
        self.show_parts(self._parts(row, detail, files))
        turns = following(definition, row.state) if definition.states and not definition.read_only else ()
        self._offer(turns)

    def focus_first(self) -> None:
        """What is done most is one key away."""
        focus_offered(
            *self.turns.values(), *(each for each in (self.paper, self.correct) if each.isVisible()), self.body
        )

    def _offer(self, states: tuple[State, ...]) -> None:
        clear(self._turning)
        self.turns = {}
        for state in states:
            letter = _LETTERS[self._definition.states.index(state) % len(_LETTERS)]
            said = tr("转{state}(&{letter})", state=word(state.label), letter=letter)
            turn = button(said, act=partial(self.turn_wanted.emit, state.key))
            self.turns[state.key] = turn
        self._turning.addLayout(packed(self.turns.values()))

    def _parts(self, row: EntryRow, detail: EntryDetail, files: Sequence[Attachment]) -> Iterator[Item]:
        definition = self._definition
        unread = NOT_READ if definition.id == PAPERS else frozenset()
        known = [
            (word(field.label), row.texts.get(field.key) or typed_text(field, detail.values[field.key]))
            for field in definition.fields
            if field.kind is not Kind.FILES
            and field.key not in unread
            and detail.values.get(field.key) not in {None, ""}
        ]
        # Columns of a list that no field of the book takes, as they stood there.
        kept = detail.values.get("kept")
        beside = list(kept) if isinstance(kept, tuple) else []
        if origin := provenance_text(detail.values.get("provenance")):
            beside.append((listing.heading(definition, "provenance"), origin))
        yield facts([*known, *beside, (tr("登记日期"), row.opened_on)])
        for field in file_fields(definition):
            if these := [each for each in files if each.field == field.key]:
                title = tr("{files}，按 Enter 查看", files=word(field.label))
                yield from leading(title, [_said(each) for each in these], these, self.file_wanted.emit)
        if unconfirmed := [each for each in definition.dues if each.unconfirmed]:
            yield muted(tr("期限的依据还没有核实（{count} 项），请按来文填写。", count=len(unconfirmed)))
        yield text(tr("变更记录"), "heading")
        written = [each for each in detail.history if each.field not in unread]
        yield muted("\n".join(_written(definition, each) for each in written[:_WRITES_SHOWN]))


def _said(attachment: Attachment) -> str:
    return attachment.name if attachment.size >= 0 else tr("{name}（文件不在本机）", name=attachment.name)


def _headings(definition: Definition, keys: Sequence[str]) -> str:
    known = (definition.by_key.get(key) for key in keys)
    return "、".join(
        word(field.label) if field is not None else listing.heading(definition, key)
        for key, field in zip(keys, known, strict=True)
    )


def _written(definition: Definition, write: FieldWrite) -> str:
    day = beijing(parse_instant(write.at)).strftime("%Y-%m-%d %H:%M")
    field = definition.by_key.get(write.field)
    heading = word(field.label) if field is not None else listing.heading(definition, write.field)
    value = state_word(definition, write.value) if write.field == "state" else write.value
    said = tr("{day}　{heading}：{value}", day=day, heading=heading, value=value or tr("（空白）"))
    return tr("{said}（{reason}）", said=said, reason=write.reason) if write.reason else said
