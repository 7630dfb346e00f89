"""How the demonstration's towns and county exchange bundles, and the one conflict between them."""

from ohdesk.demo import cast
from ohdesk.services.context import Context
from ohdesk.services.county import merging as county_service
from ohdesk.services.roll import entries

ASSIGNED = "青原县金麓陶瓷厂"
COUNTY_PHONE, TOWN_PHONE = "00000000011", "00000000022"


def assign(county: Context) -> None:
    """Have the county put an employer on the first town's roll."""
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
    entries.add(county, fields, "市级交办名单分派")


def correct_phone(ctx: Context, phone: str, reason: str) -> None:
    """Correct the assigned employer's telephone; county and town do so without having seen each other's."""
    entries.correct(ctx, entries.find(ctx, ASSIGNED), {"phone": phone}, reason)


def settle(county: Context) -> None:
    """Settle every conflict in favour of what the town found on the spot."""
    for conflict in county_service.conflicts(county):
        reason = "已拨打核实，以镇街现场核对为准"
        county_service.settle(county, conflict.establishment, conflict.field, TOWN_PHONE, reason)
