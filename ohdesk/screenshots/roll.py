"""Pictures of 单位: the roll, one employer, the form, the quality of the data, the preview of a list, an empty roll."""

from collections.abc import Iterator

from PySide6.QtTest import QTest

from ohdesk.demo import cast
from ohdesk.demo.workbook import make_workbook
from ohdesk.screenshots.stage import TOWN, Shot, Stage
from ohdesk.services.roll import entries, life_cycle, merging, transfer
from ohdesk.services.roll.transfer import Step
from ohdesk.services.visit import views
from ohdesk.ui import theme
from ohdesk.ui.screens.roll.screen import RollScreen

OTHER = cast.TOWNS[1]
_RESTS = 4  # times the time a selection has to rest


def pictures(stage: Stage) -> Iterator[Shot]:
    """Yield the screen in its states."""
    with stage.working() as ctx:
        visited = next(row.establishment for row in views.list_visits(ctx) if row.state == "closed")
    stage.open_desk()
    screen = stage.show(RollScreen)
    QTest.qWait(_RESTS * theme.layout("selection_rests_ms"))
    yield stage.shot("roll")
    screen.open(visited)
    yield stage.shot("roll-employer")
    screen.roll.pane.tabs.choose("visits")
    yield stage.shot("roll-employer-visits")
    screen.roll.pane.tabs.choose("basics")
    screen.correct(visited)
    yield stage.shot("roll-correct")
    screen.back()
    screen.roll.list.search.setText("无此厂")
    yield stage.shot("roll-nothing-found")
    screen.roll.list.search.clear()
    screen.roll.filters.show_view("not_declared")
    screen.roll.filters.add.click()
    stage.shot("roll-view")  # which waits until it is listed
    QTest.qWait(_RESTS * theme.layout("selection_rests_ms"))
    yield stage.shot("roll-view")
    screen.roll.filters.adding.give_up()
    screen.roll.filters.show_view("")
    screen.show_quality()
    yield stage.shot("roll-quality")
    screen.back()
    one = entries.detail(screen.ctx, visited).fields
    twin = {"name": one["name"] + "（个体工商户）", "phone": "0757-8800 1234", "address": one["address"]}
    other = entries.add(screen.ctx, twin)
    screen.find_pairs()
    stage.shot("roll-pairs")  # which waits until they are found
    QTest.qWait(_RESTS * theme.layout("selection_rests_ms"))
    yield stage.shot("roll-pairs")
    screen.pairs.first.click()
    yield stage.shot("roll-pairs-merge")
    screen.pairs.form.close_form()
    screen.back()
    merging.merge(screen.ctx, visited, other, "同一张执照")
    yield from _states(stage, screen, visited)
    yield from _import(stage, screen)
    stage.open_empty()
    stage.show(RollScreen)
    yield stage.shot("roll-empty")


def _states(stage: Stage, screen: RollScreen, visited: str) -> Iterator[Shot]:
    """Yield what becomes of an employer: closed, offered to another town."""
    life_cycle.close(screen.ctx, visited, "停业", "2026-03-02", "门牌或厂区照片", "现场核实")
    screen.reload()
    screen.open(visited)
    yield stage.shot("roll-employer-merged")
    screen.roll.pane.state.click()
    yield stage.shot("roll-state")
    screen.roll.acts.stating.form.close_form()
    screen.roll.pane.transfer.click()
    yield stage.shot("roll-offering")
    screen.roll.acts.offering.form.close_form()
    transfer.offer(screen.ctx, visited, OTHER.division, "已搬到对方辖区，已现场核实")
    screen.show_transfers(visited)
    yield stage.shot("roll-transfers")
    screen.transfers.acts[Step.TAKE_BACK].click()
    yield stage.shot("roll-transfers-taken-back")
    screen.transfers.form.close_form()
    screen.back()


def _import(stage: Stage, screen: RollScreen) -> Iterator[Shot]:
    """Yield the preview of a list."""
    path = stage.scratch / "新名单.xlsx"
    make_workbook(path, seed=1, count=120, town=TOWN.name)
    screen.preview.read_list(path)
    yield stage.shot("roll-import")
    screen.preview.chips.choose("columns")
    yield stage.shot("roll-import-columns")
    screen.preview.chips.choose("changed")
    yield stage.shot("roll-import-changed")
    screen.preview.chips.choose("doubtful")
    yield stage.shot("roll-import-doubtful")
