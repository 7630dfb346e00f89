"""Who and what the demonstration is made of. Everything here is invented: no such county, firm or person exists."""

from dataclasses import dataclass
from datetime import date

PASSWORD = "ohdesk-demo"  # noqa: S105 - printed in the README: a world for practice

PREPARED = date(2026, 3, 2)
DRAWN = date(2026, 3, 3)
APPROVED = date(2026, 3, 6)
VISITED = (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12))
SENT = date(2026, 3, 16)
MERGED = date(2026, 3, 17)
SETTLED = date(2026, 3, 18)

CERTIFICATE_UNTIL = "2028-12-31"


@dataclass(frozen=True, slots=True)
class Inspector:
    """An inspector of a town: name, certificate number, whether the person may lead a team."""

    name: str
    certificate: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Town:
    """A town of the demonstration: folder, division, and how it is set up.

    mode: "own" 以镇街名义 or "entrusted" 受委托 · authority: in whose name it inspects
    region, address: as they stand on its papers · cap, slack: the draw's rules in this town
    """

    folder: str
    division: str
    name: str
    administrator: str
    inspectors: tuple[Inspector, ...]
    mode: str
    authority: str
    basis: str
    region: str
    address: str
    plan: str
    drawn: int
    cap: int
    slack: int
    seed: str


COUNTY_FOLDER = "county"
COUNTY_DIVISION = "000000"
COUNTY_NAME = "青原县卫生健康局"
COUNTY_CLERK = "陶镕"

TOWNS = (
    Town(
        folder="town",
        division="000000101",
        name="石桥镇人民政府",
        administrator="梁堃",
        inspectors=(
            Inspector("李旸", "DEMO-0101", leads=True),
            Inspector("周䶮", "DEMO-0102", leads=False),
            Inspector("王喆", "DEMO-0103", leads=True),
            Inspector("何𠅤", "DEMO-0104", leads=False),
        ),
        mode="own",
        authority="石桥镇人民政府",
        basis="青原县镇街行政执法事项目录（练习用）",
        region="青石",
        address="青原县石桥镇新街 1 号",
        plan="2026-SQ-001",
        drawn=4,
        cap=4,
        slack=1,
        seed="20260303031107202531",
    ),
    Town(
        folder="town-2",
        division="000000102",
        name="柳浦镇人民政府",
        administrator="许珺",
        inspectors=(Inspector("高彧", "DEMO-0201", leads=True), Inspector("沈妤", "DEMO-0202", leads=True)),
        mode="entrusted",
        authority="青原县卫生健康局",
        basis="青原县卫生健康局行政执法委托书（练习用）",
        region="青柳",
        address="青原县柳浦镇河东路 6 号",
        plan="2026-LP-001",
        drawn=2,
        cap=6,
        slack=0,
        seed="4417093826",
    ),
    Town(
        folder="town-3",
        division="000000103",
        name="云坪街道办事处",
        administrator="罗翀",
        inspectors=(
            Inspector("江瑀", "DEMO-0301", leads=True),
            Inspector("范昕", "DEMO-0302", leads=False),
            Inspector("邹澍", "DEMO-0303", leads=True),
        ),
        mode="own",
        authority="云坪街道办事处",
        basis="青原县镇街行政执法事项目录（练习用）",
        region="青云",
        address="青原县云坪街道坪山路 3 号",
        plan="2026-YP-001",
        drawn=1,
        cap=3,
        slack=1,
        seed="903177265540821",
    ),
)

SEED_SOURCE = "十面骰二十枚，由村（居）民代表与派出所民警各掷十枚"
THROWERS = ("沈禾", "陆渡")
WITNESSES = ("陈楠", "林漪")

# The employer that the county puts on the first town's roll, and whose telephone both then correct unseen by the other.
ASSIGNED = {
    "name": "青原县金麓陶瓷厂",
    "town": TOWNS[0].division,
    "address": "青原县石桥镇北环路 8 号",
    "industry_code": "C3071",
    "industry": "建筑陶瓷制品制造",
    "workers": "86",
    "exposed_workers": "31",
    "hazards": "矽尘、噪声、高温",
    "phone": "00000000010",
    "risk_class": "丙",
    "risk_scheme": "pilot2022",
}
COUNTY_PHONE, TOWN_PHONE = "00000000011", "00000000022"
# What the papers of a town say of the body that issues them.
# Where the papers of every town, and those of the county, can be contested.
CONTESTED = {"phone": "00000000033", "review_body": "青原县人民政府", "court": "有管辖权的人民法院"}
COUNTY_REGION, COUNTY_ADDRESS = "青原", "青原县城中大道 2 号"
