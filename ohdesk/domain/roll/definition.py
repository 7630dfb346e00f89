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
    "tags",
)


def _field(key: str) -> Field:
    kind = Kind.COUNT if FIELD_BY_KEY[key].kind == "count" else Kind.TEXT
    return Field(key, FIELD_BY_KEY[key].heading, kind, required=key == "name", most=MOST.get(key, 0))


ROLL = Definition(
    "roll",
    mark("单位名录"),
    tuple(map(_field, _ASKED)),
    listing=Listing(("name", "uscc", "industry_code", "exposed_workers", "risk_class", "status")),
)
