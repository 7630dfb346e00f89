"""Pictures of 登记簿: the list of books, one with its entries, and its form, also filled in wrongly."""

from collections.abc import Iterator

from ohdesk.screenshots.stage import Shot, Stage
from ohdesk.services.register import entries
from ohdesk.services.register.conditions import Condition
from ohdesk.services.roll.entries import list_rows
from ohdesk.ui.screens.registers.screen import RegistersScreen

_COMPLAINT = {
    "received_at": "2026-03-18 09:30",
    "source": "hotline",
    "identity": "anonymous",
    "facts": "打磨车间粉尘大，夜班时风机不开。",
    "within_power": "town",
}


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    with stage.working() as ctx:
        employers = [row.id for row in list_rows(ctx)][:9]
        for number, employer in enumerate(employers):
            entries.add(ctx, "complaints", _COMPLAINT | {"reply_by": f"2026-03-{number + 17:02}"}, about=employer)
    stage.open_desk()
    screen = stage.show(RegistersScreen)
    yield stage.shot("registers")
    screen.open("complaints")
    stage.settle()
    yield stage.shot("registers-complaints")
    if screen.book is not None:
        screen.book.filters.show_conditions((Condition("source", "is", "hotline"),))
        screen.book.filters.add.click()
        yield stage.shot("registers-filter")
        screen.book.filters.adding.give_up()
        screen.book.add(employers[0])
        yield stage.shot("registers-new-entry")
        screen.book.form.form.submit.click()
        yield stage.shot("registers-wrong-entry")
        screen.book.form.form.close_form()
    screen.open("equipment")
    stage.settle()
    yield stage.shot("registers-empty-book")
