"""How the demonstration's towns and county exchange bundles, and the one conflict between them."""

from pathlib import Path

from ohdesk.demo import cast
from ohdesk.demo.cast import PASSWORD, Town
from ohdesk.demo.clock import Clock
from ohdesk.services import bundle_intake, bundles, county, establishments
from ohdesk.services.context import Context
from ohdesk.services.workspace import open_workspace

ASSIGNED = "青原县金麓陶瓷厂"
COUNTY_PHONE, TOWN_PHONE = "00000000011", "00000000022"


def assign(out: Path, clock: Clock) -> Path:
    """Have the county put an employer on the first town's roll and send it down; return the bundle."""
    with open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        fields = {
            "name": ASSIGNED,
            "town": cast.TOWNS[0].division,
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
        establishments.add(ctx, fields, "市级交办名单分派")
        return bundles.export(ctx, _bundles(out)).path


def take_in(folder: Path, account: str, paths: list[Path], clock: Clock) -> None:
    """Import bundles into a workspace."""
    with open_workspace(folder, account, PASSWORD, clock) as ctx:
        for path in paths:
            bundle_intake.take_in(ctx, path)


def disagree(out: Path, clock: Clock) -> None:
    """County and town both correct the assigned employer's telephone, neither having seen the other's."""
    town = cast.TOWNS[0]
    with open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        _correct_phone(ctx, COUNTY_PHONE, "投诉登记时对方所留")
    with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
        _correct_phone(ctx, TOWN_PHONE, "现场检查时核对")


def send_up(out: Path, town: Town, clock: Clock) -> Path:
    """Write a town's bundle for the county; return it."""
    with open_workspace(out / town.folder, town.administrator, PASSWORD, clock) as ctx:
        return bundles.export(ctx, _bundles(out)).path


def settle_and_answer(out: Path, clock: Clock) -> Path:
    """Settle the conflict at the county and send receipts down; return the bundle."""
    with open_workspace(out / cast.COUNTY_FOLDER, cast.COUNTY_CLERK, PASSWORD, clock) as ctx:
        for conflict in county.conflicts(ctx):
            county.settle(ctx, conflict.establishment, conflict.field, TOWN_PHONE, "已拨打核实，以镇街现场核对为准")
        return bundles.export(ctx, _bundles(out)).path


def _correct_phone(ctx: Context, phone: str, reason: str) -> None:
    establishments.correct(ctx, establishments.find(ctx, ASSIGNED), {"phone": phone}, reason)


def _bundles(out: Path) -> Path:
    folder = out / "bundles"
    folder.mkdir(exist_ok=True)
    return folder
