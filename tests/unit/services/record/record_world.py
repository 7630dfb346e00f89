"""A town with two inspectors and one visit, as far as just before its record is signed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from ohdesk.domain.record import PartyStatement, Signer, StrokeSet, Way
from ohdesk.domain.visit import PartnerOfficer, StartData, Task
from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.services.context import Context
from ohdesk.services.finding import drafts
from ohdesk.services.office import accounts, issuing_bodies, people, powers
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing, signing
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, filling, photos, planning
from tests.conftest import PASSWORD, noon, town_workspace
from tests.visiting import ARRIVAL, ENTRUSTED

FIRST, SECOND = "李𠅤", "王䶮"
OWN = {FIRST: "first-password", SECOND: "second-password"}
PARTNERS = (PartnerOfficer("青原县总工会", "何苒", "G1"), PartnerOfficer("青原县总工会", "郑沂", "G2"))
# What is typed of a 询问笔录.
INQUIRY = {
    "asked": "陈某",
    "asked_from": "2026-03-02T10:00",
    "asked_to": "2026-03-02T10:30",
    "asked_at": "打磨车间",
    "recusal": "no",
    "questions": "问：何时停用的排风？\n答：上周。",
}
PEN = (((100, 100, 500), (900, 700, 600), (1500, 200, 400)), ((1800, 300, 500), (2400, 900, 500)))


@dataclass(frozen=True)
class World:
    """The folder of the workspace, and the visit."""

    folder: Path
    visit: str

    @contextmanager
    def opened(self, account: str = FIRST) -> Iterator[Context]:
        with open_workspace(self.folder, account, OWN.get(account, PASSWORD), noon) as ctx:
            yield ctx


def second() -> signing.SecondSigner:
    return signing.SecondSigner(SECOND, OWN[SECOND])


def party(way: str = "signed", **words: str) -> PartyStatement:
    return PartyStatement(way=Way(way), **({"name": "陈某", "position": "安全主管"} | words))


def pen(name: str = "陈某", role: Signer = Signer.PARTY) -> StrokeSet:
    return StrokeSet(role=role, name=name, width=9000, height=3000, strokes=PEN)


def picture(shade: int = 90) -> bytes:
    held = BytesIO()
    Image.linear_gradient("L").resize((320, 240)).point(lambda value: value * shade // 255).save(held, "JPEG")
    return held.getvalue()


def make(folder: Path, name: str = "岚石五金制品有限公司") -> World:
    """Make the town, its people and a started visit without answers."""
    town_workspace(folder)
    with open_workspace(folder, "李旸", PASSWORD, noon) as ctx:
        ids = [
            people.add_person(ctx, person, "inspector", f"0000000{place}", "2027-12-31")
            for place, person in enumerate((FIRST, SECOND))
        ]
        for person, account in zip(ids, (FIRST, SECOND), strict=True):
            accounts.add(ctx, account, OWN[account], {"inspector"}, person)
        powers.add_power(ctx, ENTRUSTED)
        fields = {
            "name": name,
            "address": "青原县石桥镇工业路 1 号",
            "kind": "用人单位",
            "legal_representative": "陈某",
        }
        added = entries.add(ctx, fields)
        visit = planning.plan(
            ctx,
            planning.NewVisit(
                establishment=added, inspectors=tuple(ids), task=Task("daily", "plan"), partners=PARTNERS
            ),
        )
        conduct.approve_on_paper(ctx, visit, "陶镕", "2026-03-01", "2026-0001")
        conduct.start(ctx, visit, StartData(mode="entrusted", accompanied_by="陈某（安全主管）", arrival=ARRIVAL))
    return World(folder, visit)


def fill(ctx: Context, visit: str) -> None:
    """Answer everything: one breach with its fact, one reasonable absence, the rest not inspected."""
    form = filling.open_form(ctx, visit).form
    breach, absent = form.questions[0], form.questions[1]
    filling.save_answer(ctx, visit, breach.id, Answer(AnswerValue.NOT_MET, fact="未见 3 号打磨机的局部排风。"))
    filling.save_answer(ctx, visit, absent.id, Answer(AnswerValue.NOT_APPLICABLE, reason="没有该类岗位。"))
    filling.save_answer(ctx, visit, form.questions[2].id, Answer(AnswerValue.MET))
    filling.save_rest_as_not_inspected(ctx, visit, "当日停产。")


def filled(folder: Path, *announced: str, place: str = "") -> World:
    """Make the town, its visit filled to the end, with photos announced at `place`."""
    world = make(folder)
    with world.opened() as ctx:
        fill(ctx, world.visit)
        drafts.accept_proposals(ctx, world.visit)
        for text in announced:
            photos.announce_photo(ctx, world.visit, "", photos.Caption(text=text, place=place))
    return world


def awaiting_photos(folder: Path) -> World:
    """Make the town with a final record whose two photos are still to come."""
    return final(folder, "喷漆房排风口", "配电房", place="二号厂房")


def final(folder: Path, *announced: str, place: str = "") -> World:
    """Make the town with a final record, and what papers that are numbered need."""
    world = filled(folder, *announced, place=place)
    with world.opened() as ctx:
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
    with world.opened("李旸") as ctx:
        issuing_bodies.change(ctx, "entrusting", {"region": "青石"})
    return world


def copied(template: World, folder: Path) -> World:
    """Return a world of its own, copied from a finished one: quicker than making it again."""
    shutil.copytree(template.folder, folder)
    return World(folder, template.visit)
