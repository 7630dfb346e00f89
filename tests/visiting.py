"""A started visit for tests: two inspectors, a power, an establishment."""

from io import BytesIO

from PIL import Image

from ohdesk.domain.record import Arrival
from ohdesk.domain.visit import Power, StartData, Task
from ohdesk.forms.loader import load_form
from ohdesk.services.context import Context
from ohdesk.services.office import people, powers
from ohdesk.services.register import entries as register
from ohdesk.services.roll import entries
from ohdesk.services.visit import conduct, planning

ARRIVAL = Arrival(
    code_way="亮码",
    code_at="2026-03-02T01:05:00Z",
    notice_given="当场送达",
    certificates_shown="已出示",
    rights_told="已告知",
    recusal_answer="不申请回避",
)
CHECKLIST_LENGTH = len(load_form("employer-general").questions)  # of the checklist that these visits fill
ENTRUSTED = Power(
    "entrusted",
    "青原县卫生健康局",
    "2026-01-01",
    "2026-12-31",
    "委托书 2026-1",
    number="2026-1",
    scope="职业卫生行政检查",
    published_on="2026-01-01",
    inspects=True,
)
POWER = Power("own", "石桥镇人民政府", "2026-01-01", "", "公布的事项目录")


def allow_assistants(ctx: Context, since: str = "2026-01-01") -> None:
    """Enter the county's paper on assistants, without which their books and rounds are off."""
    paper = {"kind": "assistants", "title": "青原县职业卫生监督协管工作方案", "valid_from": since}
    register.add(ctx, "county_papers", paper)


def add_firm(ctx: Context, name: str = "青溪竹器厂") -> str:
    """Add an employer to the roll."""
    return entries.add(ctx, {"name": name, "address": "石桥镇工业路 1 号", "kind": "用人单位"})


def add_inspectors(ctx: Context, until: str = "2027-12-31") -> tuple[str, str]:
    """Add two inspectors whose certificates are valid `until`."""
    return (
        people.add_person(ctx, "周沄", "inspector", "T0001", until, leads=True),
        people.add_person(ctx, "吴翙", "inspector", "T0002", until),
    )


def planned_visit(ctx: Context, until: str = "2027-12-31", form: str = "") -> str:
    """Plan a visit, with the usual checklist or another; nothing else is there yet."""
    firm, task = add_firm(ctx), Task("daily", "plan", "2026-03-02")
    new = planning.NewVisit(establishment=firm, inspectors=add_inspectors(ctx, until), task=task, form=form)
    return planning.plan(ctx, new)


def started_visit(ctx: Context, form: str = "") -> str:
    """Plan, approve and start a visit with nothing missing."""
    visit = planned_visit(ctx, form=form)
    powers.add_power(ctx, POWER)
    conduct.approve_on_paper(ctx, visit, "苏映", "2026-03-01", "2026-0001")
    conduct.start(ctx, visit, StartData(mode="own", accompanied_by="陈砚（厂长）", arrival=ARRIVAL))
    return visit


def started_round(ctx: Context) -> str:
    """Start a round of assistants (协管巡查), which judges nothing."""
    allow_assistants(ctx)
    helper = people.add_person(ctx, "何禾", "assistant")
    new = planning.NewVisit(establishment=add_firm(ctx), inspectors=(), assistants=(helper,), task=Task("", ""))
    visit = planning.plan(ctx, new)
    conduct.start(ctx, visit, StartData(mode="patrol", place="厂区大门", accompanied_by="陈砚（厂长）"))
    return visit


def picture(colour: str = "teal", size: tuple[int, int] = (40, 30), shot_at: str = "") -> bytes:
    """Return a small JPEG with a place and a maker in its metadata, and when it was shot, as telephones write it."""
    exif = Image.Exif()
    if shot_at:
        exif.get_ifd(0x8769)[0x9003] = shot_at
    exif[0x010F] = "CameraMaker"
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[2] = (23.0, 7.0, 0.0)
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()
