"""The visits of the demonstration, from approval to the signed record."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from ohdesk.demo import answers, cast
from ohdesk.demo.answers import Seen
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.demo.handwriting import signature
from ohdesk.demo.photos import workshop_photo
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.record import Arrival, PartyStatement, Way
from ohdesk.domain.visit import Ending, StartData
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, photo_pages, signing, views
from ohdesk.services.visit import conduct, filling, photos, planning
from ohdesk.services.visit.photos import Caption

MINUTES_PER_ANSWER = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """How one visit goes: what is seen, or how it ends at the gate; and how the party ends it."""

    day: date
    seen: Seen | None
    party: PartyStatement
    ending: Ending | None = None


SCENES = {
    "town": (
        Scene(
            cast.VISITED[0],
            answers.POLISHING,
            PartyStatement(way=Way.SIGNED, name="陈𠅤", position="安全主管", statement="以上笔录经核对属实。"),
        ),
        Scene(
            cast.VISITED[1],
            answers.LEATHER,
            PartyStatement(
                way=Way.REFUSED,
                name="黎楷",
                position="车间主任",
                reason="认为应由法定代表人签名",
                witness="唐晴（村委会干部）",
            ),
        ),
        Scene(
            cast.VISITED[2],
            None,
            PartyStatement(way=Way.ABSENT, reason="大门上锁，现场无人"),
            Ending("closed", "门牌或厂区照片", "厂区大门上锁，门口张贴停业告示，电表停转；邻近厂家称已停产两个月。"),
        ),
        Scene(
            cast.VISITED[3],
            answers.BATTERY,
            PartyStatement(
                way=Way.OBJECTED,
                name="邱楚",
                position="总经理助理",
                statement="体检报告在医院未取回，并非没有体检，请求补充提交。",
            ),
        ),
    ),
    "town-2": (
        Scene(
            cast.VISITED[1],
            answers.CLEAN,
            PartyStatement(way=Way.SIGNED, name="温岚", position="厂长", statement="属实。"),
        ),
        Scene(
            cast.VISITED[2],
            answers.LEATHER,
            PartyStatement(way=Way.SIGNED, name="卓屿", position="经理", statement="属实。"),
        ),
    ),
    "town-3": (
        Scene(
            cast.VISITED[3],
            answers.CLEAN,
            PartyStatement(
                way=Way.ABSENT,
                reason="陪同人接听急事离开，未返回签名",
                video="现场录像 1",
            ),
        ),
    ),
}


def prepare(ctx: Context, town: Town, draw: str, clock: Clock) -> list[str]:
    """Plan and approve the visits of a town's drawn firms; return their ids. Every other approval is on paper."""
    planned = list(planning.plan_drawn(ctx, draw, cast.VISITED[0].isoformat()))
    for number, visit in enumerate(planned, 1):
        form = f"{cast.APPROVED.year}-{number:04d}"
        if number % 2:
            conduct.approve(ctx, visit, town.administrator, PASSWORD, form)
        else:
            conduct.approve_on_paper(ctx, visit, town.administrator, cast.APPROVED.isoformat(), form)
        clock.advance(3)
    return planned


def hold(out: Path, town: Town, number: int, visit: str, team: tuple[str, ...], clock: Clock) -> None:
    """Hold one visit, logged in as its first inspector; the signed papers go into `records/`."""
    scene = SCENES[town.folder][number]
    clock.set(scene.day, "09:10")
    with open_workspace(out / town.folder, team[0], PASSWORD, clock) as ctx:
        conduct.start(ctx, visit, _start(town, scene, clock))
        if scene.ending is not None:
            _photo(ctx, visit, "", "厂区大门及门口告示", number * 10, clock)
            conduct.end_without_checklist(ctx, visit, scene.ending)
        elif scene.seen is not None:
            _fill(ctx, visit, scene.seen, number, clock)
            drafts.accept_proposals(ctx, visit)
        clock.advance(12)
        colleague = signing.SecondSigner(team[1], PASSWORD)
        strokes = (signature(scene.party.name),) if scene.party.way.signs else ()
        finalizing.finalize(ctx, visit, scene.party, strokes, colleague)
        for paper in views.open_record(ctx, visit).papers:
            views.export(paper, out / "records")
        _bring_in_announced(ctx, visit, colleague, out / "photo-pages", clock)


def _bring_in_announced(ctx: Context, visit: str, colleague: signing.SecondSigner, folder: Path, clock: Clock) -> None:
    """Photos announced in the record are brought in the same afternoon, on a page both inspectors sign."""
    awaited = photo_pages.awaited_photos(ctx, visit)
    if not awaited:
        return
    clock.advance(180)
    for number in awaited:
        photos.bring_in_photo(ctx, visit, number, workshop_photo(number))
    photo_pages.add_photo_page(ctx, visit, colleague)
    views.export(views.open_record(ctx, visit).papers[-1], folder)


def told(at: datetime) -> Arrival:
    """Return an arrival at which nothing was left out; at: when the code was shown."""
    return Arrival(
        code_way="亮码",
        code_at=instant_text(at),
        notice_given="当场送达",
        certificates_shown="已出示",
        rights_told="已告知",
        recusal_answer="不申请回避",
    )


def _start(town: Town, scene: Scene, clock: Clock) -> StartData:
    arrival = told(clock() - timedelta(minutes=4))
    if scene.ending is not None:
        alone = replace(arrival, notice_given="", certificates_shown="", rights_told="", recusal_answer="")
        return StartData(mode=town.mode, arrival=alone, gap_reason="现场无人，无法送达和告知。")
    accompanied_by = f"{scene.party.name}（{scene.party.position}）" if scene.party.name else ""
    return StartData(mode=town.mode, accompanied_by=accompanied_by, arrival=arrival)


def _fill(ctx: Context, visit: str, seen: Seen, number: int, clock: Clock) -> None:
    form = filling.open_form(ctx, visit).form
    for place, (question, answer) in enumerate(answers.answers(form, seen)):
        clock.advance(MINUTES_PER_ANSWER)
        filling.save_answer(ctx, visit, question, answer)
        if question in seen.photos:
            _photo(ctx, visit, question, seen.photos[question], number * 100 + place, clock)
        if question in seen.announced:
            photos.announce_photo(ctx, visit, question, Caption(text=seen.announced[question]))


def _photo(ctx: Context, visit: str, question: str, what: str, seed: int, clock: Clock) -> None:
    caption = Caption(text=what, place="检查现场", taken_at=clock(), taken_by=ctx.actor.name)
    photos.attach_photo(ctx, visit, question, workshop_photo(seed), caption)
