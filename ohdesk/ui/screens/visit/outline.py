"""The outline of a checklist: a mark, a number and the question for each line, with search; or a section as a list."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListWidget, QListWidgetItem, QWidget

from ohdesk.forms.answers import Counts, may_be_in_bulk
from ohdesk.i18n import tr
from ohdesk.services.visit.outline import OutlineRow
from ohdesk.ui import theme
from ohdesk.ui.kit.actions import button
from ohdesk.ui.kit.job_bar import progress_bar
from ohdesk.ui.kit.label import plain_tip
from ohdesk.ui.kit.lay import column, grow, muted, say
from ohdesk.ui.kit.table_view import RowRole
from ohdesk.ui.screens.visit.outline_lines import HeadingRole, OutlineDelegate


class OutlinePane(QWidget):
    """Search, list, progress; emits `chosen(question)`.

    As a list (`show_listing`) it has one section, the one of the question that is shown, and the arrows choose; what is
    seen of it and may be is answered at once (`bulk_wanted(questions)`).
    """

    chosen = Signal(str)
    bulk_wanted = Signal(object)  # ids of questions

    def __init__(self) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("查找检查项  Ctrl+F"))
        self.search.setAccessibleName(tr("查找检查项"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        self._items: dict[str, QListWidgetItem] = {}  # by question
        self._shown = ""
        self._is_listing = self._is_unfolded = False
        self.list = _list()
        self._delegate = OutlineDelegate(self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.list.currentItemChanged.connect(self._move)
        self.list.verticalScrollBar().valueChanged.connect(self._offer_bulk)
        self.bulk = button("", act=lambda: self.bulk_wanted.emit(self.in_bulk))
        self._progress = progress_bar(tr("进度"))
        self._counts = muted()
        self._fold = button("", act=self._unfold, quiet=True)
        self._turn = muted()
        foot = column(self._counts, self._turn, gap="")
        column(self.search, grow(self.list), self._fold, self.bulk, self._progress, foot, of=self)
        self.show_listing(is_listing=False)

    def show_listing(self, *, is_listing: bool) -> None:
        """Show a section as a list, or every question in one line."""
        self._is_listing = self._delegate.is_listing = is_listing
        self.setMaximumWidth(theme.size("reading" if is_listing else "outline_width"))
        self.bulk.setVisible(is_listing)
        self._turn.setText(
            tr("F8 下一个未答 · F7 逐项 · F4 顺序") if is_listing else tr("F8 下一个未答 · F7 列表 · F4 顺序")
        )
        if self._items:
            self._filter(self.search.text())
            self.select(self._shown)

    @property
    def in_bulk(self) -> tuple[str, ...]:
        """The questions that are seen whole, have no answer, and may be answered together with others."""
        frame = self.list.viewport().rect()
        seen = (each for each in self._items.values() if frame.contains(self.list.visualItemRect(each)))
        rows = (item.data(RowRole) for item in seen if not item.isHidden())
        return tuple(row.question.id for row in rows if row.value is None and may_be_in_bulk(row.question))

    def show_outline(self, rows: Sequence[OutlineRow], counts: Counts) -> None:
        """Show the lines and how far one has come."""
        is_another = [row.question.id for row in rows] != [*self._items]
        if is_another:
            self.list.clear()
            self._items = {row.question.id: QListWidgetItem(self.list) for row in rows}
        with QSignalBlocker(self.list.model()):  # texts and heights stay, and a list would measure every line again
            for row, item in zip(rows, self._items.values(), strict=True):
                if item.data(RowRole) != row:
                    _fill(item, row)
                    self.list.update(self.list.indexFromItem(item))
        if is_another:
            self._filter(self.search.text())
        self._offer_bulk()
        self._name_fold()
        self._progress.setUpdatesEnabled(False)  # it would paint the whole window at once
        self._progress.setRange(0, counts.total)
        self._progress.setValue(counts.answered)
        self._progress.setUpdatesEnabled(True)
        self._counts.setText(_standing(counts, sum(row.incomplete for row in rows)))

    def select(self, question: str) -> None:
        """Mark the question that is shown."""
        before, self._shown = self._items.get(self._shown), question
        item = self._items[question]
        turned = self._is_listing and (before is None or _section(before) != _section(item))
        if turned or item.isHidden() or (before is not None and _row(before).fallen):
            self._filter(self.search.text())
        self.list.setCurrentItem(item)
        self.list.scrollToItem(item)
        self._offer_bulk()

    def _filter(self, sought: str) -> None:
        title = ""
        shown = self._items.get(self._shown)
        for item in self._items.values():
            elsewhere = self._is_listing and not sought and shown is not None and _section(item) != _section(shown)
            folded = _row(item).fallen and not (sought or self._is_unfolded or item is shown)
            item.setHidden(sought not in item.text() or elsewhere or folded)
            if not item.isHidden():
                before, title = title, _section(item)
                item.setData(HeadingRole, title if title != before else "")
        self.list.scheduleDelayedItemsLayout()  # a line has another height as a list

    def _unfold(self) -> None:
        """Show what is not put to this employer, with the reasons, or put it away again."""
        self._is_unfolded = not self._is_unfolded
        self._filter(self.search.text())
        fallen = self._name_fold()
        if self._is_unfolded and fallen:
            self.list.scrollToItem(fallen[0])

    def _name_fold(self) -> list[QListWidgetItem]:
        fallen = [item for item in self._items.values() if _row(item).fallen]
        words = tr("收起不适用的(&Y)") if self._is_unfolded else tr("{count} 项不适用，看是哪些(&Y)", count=len(fallen))
        say(self._fold, words if fallen else "")
        return fallen

    def _move(self, item: QListWidgetItem | None) -> None:
        """In a list the arrows choose; in the outline they only look around."""
        if self._is_listing and item is not None and item.data(RowRole).question.id != self._shown:
            self._choose(item)

    def _offer_bulk(self) -> None:
        if self._is_listing:
            count = len(self.in_bulk)
            words = tr("看到的 {count} 项未答，都合格(&J)", count=count)
            self.bulk.setText(words if count else tr("没有可以一起答的(&J)"))
            self.bulk.setEnabled(count > 0)

    def _choose(self, item: QListWidgetItem) -> None:
        row: OutlineRow = item.data(RowRole)
        self.chosen.emit(row.question.id)

    def _choose_first(self) -> None:
        """Choose the question of that number, as it stands on paper, or else the first one that is found."""
        numbered = {str(item.data(RowRole).question.number): item for item in self._items.values()}
        found = (item for item in self._items.values() if not item.isHidden())
        first = numbered.get(self.search.text().strip()) or next(found, None)
        if first is not None:
            self._choose(first)


def _row(item: QListWidgetItem) -> OutlineRow:
    row: OutlineRow = item.data(RowRole)
    return row


def _section(item: QListWidgetItem) -> str:
    return _row(item).section_title


def _fill(item: QListWidgetItem, row: OutlineRow) -> None:
    words = tr(
        "{section}　第 {number} 项：{word}{gap}。{text}",
        section=row.section_title,
        number=row.question.number,
        word=row.word,
        gap=tr("，还有要填的") if row.incomplete else "",
        text=row.question.said,
    )
    item.setData(RowRole, row)
    item.setText(f"{row.question.number} {row.section_title} {row.question.said}")
    item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
    item.setToolTip(plain_tip("\n".join(filter(None, (words, row.note)))))


def _standing(counts: Counts, incomplete: int) -> str:
    """Say how far one has come, and at the end what comes next."""
    words = tr(
        "已答 {answered} / {total} · 不合格 {not_met}",
        answered=counts.answered,
        total=counts.total,
        not_met=counts.not_met,
    )
    if counts.unanswered:
        return words + " · " + tr("还差 {open} 项", open=counts.unanswered)
    if incomplete:
        return words + "\n" + tr("还有 {count} 项要补填（标 ! 的）。", count=incomplete)
    return words + "\n" + tr("都答完了，下一步：离场  Ctrl+Enter")


def _list() -> QListWidget:
    view = QListWidget()
    view.setAccessibleName(tr("检查项"))
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
