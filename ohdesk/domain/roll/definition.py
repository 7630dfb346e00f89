"""The roll as a register: what is asked of an employer by hand, and what the list shows."""

from ohdesk.domain.establishment import FIELD_BY_KEY
from ohdesk.domain.register.definition import Definition, Field, Kind, Listing
from ohdesk.i18n import mark

# As long as the widest column of a record prints on two lines; a licence allows no longer name.
MOST = {"name": 100, "address": 200, "legal_representative": 40, "contact": 40, "phone": 40, "industry": 60}
_ASKED = (
    "name",
    "uscc",
    "registration",
    "address",
    "legal_representative",
    "contact",
    "phone",
    "industry_code",
    "industry",
    "workers",
    "exposed_workers",
    "hazards",
    "hazard_grade",
    "status",
    "ownership",
    "size",
    "grid",
    "key_industry",
    "support_industry",
    "hearing_industry",
    "new_case_year",
    "new_case_disease",
    "kind",
    "permit_no",
    "permit_until",
    "permit_scope",
    "devices",
    "professionals",
    "tags",
)
# What is asked of medical radiology and of institutions, and of no other employer.
_RADIOLOGY = ("放射诊疗单位",)
_INSTITUTIONS = ("职业卫生技术服务机构", "放射卫生技术服务机构", "职业健康检查机构")
_ONLY_FOR = dict.fromkeys(
    ("permit_no", "permit_until", "permit_scope", "devices", "professionals"), (*_RADIOLOGY, *_INSTITUTIONS)
)
_KINDS = {"count": Kind.COUNT, "day": Kind.DAY}


def _field(key: str) -> Field:
    of = FIELD_BY_KEY[key]
    only_for = _ONLY_FOR.get(key, ())
    kind = _KINDS.get(of.kind, Kind.TEXT)
    return Field(key, of.heading, kind, required=key == "name", most=MOST.get(key, 0), only_for=only_for)


ROLL = Definition(
    "roll",
    mark("单位名录"),
    tuple(map(_field, _ASKED)),
    listing=Listing(("name", "uscc", "industry_code", "exposed_workers", "risk_class", "status")),
)
