"""One answer saved durably, against one 4 KiB write and fdatasync in the same folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rounds import Figure, interleaved, nothing, p99, ratio, right, scratch
from benchmarks.scale import Scale
from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import Power, StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.loader import load_form
from ohdesk.services.context import Context
from ohdesk.services.office import people, powers
from ohdesk.services.office.workspace import NewWorkspace, create_workspace, open_workspace
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, planning

ROUNDS = 400
BLOCK = 4096
BLOCKS = 2048
GOALS = ("one answer saved durably", "one answer saved durably, p99")
PASSWORD = "ohdesk-benchmark"  # noqa: S105 - of a workspace that is thrown away
FACT = "打磨岗位 3 台除尘风机停用，操作位可见粉尘外逸，当班 5 人中 2 人未佩戴防尘口罩。"


@contextmanager
def started_visit(folder: Path) -> Iterator[tuple[Context, str]]:
    """Yield a real workspace in `folder` and a visit in it that is being filled."""
    create_workspace(folder, NewWorkspace("town", "000000001", "青禾镇", "周衡", PASSWORD))
    with open_workspace(folder, "周衡", PASSWORD) as ctx:
        inspectors = tuple(
            people.add_person(ctx, name, "inspector", f"0000000000{number}", "2099-12-31", leads=True)
            for number, name in enumerate(("周衡", "陆岑"), start=1)
        )
        powers.add_power(ctx, Power("own", "青禾镇人民政府", "2020-01-01", "", "公布的事项目录"))
        entry = entries.add(ctx, {"name": "岚石五金制品有限公司", "address": "青禾镇工业大道 18 号"})
        visit = planning.plan(ctx, planning.NewVisit(establishment=entry, inspectors=inspectors, task=_task()))
        conduct.approve_on_paper(ctx, visit, "苏映", ctx.now().date().isoformat(), "2026-0001")
        conduct.start(ctx, visit, StartData(mode="own", place="一号厂房", arrival=_arrival(), gap_reason="测速"))
        yield ctx, visit


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the figures of this row, on a disk folder of this checkout."""
    with TemporaryDirectory(dir=scratch(), prefix="benchmark-") as name, started_visit(Path(name) / "town") as held:
        ctx, visit = held
        questions = [question.id for question in load_form(filling.open_form(ctx, visit).form.id).questions]
        with (Path(name) / "town" / "floor").open("wb") as file:
            file.write(bytes(BLOCK * BLOCKS))
            file.flush()
            os.fsync(file.fileno())
            block = os.urandom(BLOCK)

            def floor(number: int) -> None:
                os.pwrite(file.fileno(), block, BLOCK * (number % BLOCKS))
                os.fdatasync(file.fileno())

            def save(number: int) -> None:
                value = AnswerValue.NOT_MET if number % 3 == 0 else AnswerValue.MET
                answer = Answer(value, fact=f"{FACT}（{number}）")
                filling.save_answer(ctx, visit, questions[number % len(questions)], answer)

            os.sync()  # else the first flushes carry what other programs have left to write
            times = interleaved({"floor": floor, "ohdesk": save}, ROUNDS if scale.rounds > 1 else 20, nothing)
        held = {view.answer.fact for view in filling.open_form(ctx, visit).answers.values()}
        right(f"{FACT}（{len(times['floor'])}）" in held, "the last answer is held")
    yield ratio(GOALS[0], times)
    if len(times["floor"]) >= 100:
        last = {name: p99(taken) for name, taken in times.items()}
        yield Figure(GOALS[1], last["ohdesk"] / last["floor"])


def _task() -> Task:
    return Task(kind="daily", source="plan")


def _arrival() -> Arrival:
    return Arrival(
        code_way="亮码",
        code_at="2026-03-02T01:02:00Z",
        notice_given="当场送达",
        certificates_shown="已出示",
        rights_told="已告知",
        recusal_answer="不申请回避",
    )
