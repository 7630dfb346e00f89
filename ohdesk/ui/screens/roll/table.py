"""Columns of the roll."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ohdesk.domain.establishment import CLOSED_STATES
from ohdesk.domain.register.definition import word
from ohdesk.forms.risk import schemes
from ohdesk.forms.roll import roll_definition
from ohdesk.i18n import tr
from ohdesk.services.roll.entries import EstablishmentRow
from ohdesk.ui.kit.table_view import Column

_BESIDE_TOWNS = {"name": 172, "uscc": 170, "industry_code": 84, "exposed_workers": 56, "risk_class": 142, "status": 76}
_KINDS = ("ok", "warn", "bad")  # from the lowest risk; which letter that is depends on the scheme


def roll_keys(*, towns: bool) -> tuple[str, ...]:
    """Return the fields of the columns, as the definition of the roll names them.

    towns: whose an entry is stands behind its name
    """
    name, *others = roll_definition().listing.columns
    return (name, *(["town"] if towns else []), *others)


def roll_columns(keys: Sequence[str], towns: Mapping[str, str]) -> tuple[Column[EstablishmentRow], ...]:
    """Return the columns of these fields; towns: what they are called, by code."""
    cells: dict[str, Column[EstablishmentRow]] = {
        "name": Column(tr("名称"), lambda row: row.name, 204, sought=True),
        "town": Column(tr("镇街"), lambda row: towns.get(row.town, row.town), 116),
        "uscc": Column(tr("信用代码"), lambda row: row.uscc or row.local_id, 170),
        "industry_code": Column(tr("行业"), lambda row: " ".join(filter(None, (row.industry_code, row.industry))), 140),
        "exposed_workers": Column(tr("接害"), lambda row: _count(row.exposed_workers), 72, numeric=True),
        "risk_class": Column(
            tr("风险类别"),
            lambda row: risk_text(row.risk_class, row.risk_scheme),
            148,
            kind=lambda row: risk_kind(row.risk_class, row.risk_scheme),
        ),
        "status": Column(tr("状态"), _state, 90, kind=_state_kind),
    }
    narrow = _BESIDE_TOWNS if "town" in keys else {}
    return tuple(replace(cells[key], width=narrow.get(key, cells[key].width)) for key in keys)


def risk_kind(risk_class: str, scheme: str) -> str:
    """Return the kind of a risk class under its scheme; "plain" where the scheme is not stated."""
    known = schemes().get(scheme)
    return dict(zip(known.classes, _KINDS, strict=True)).get(risk_class[:1], "plain") if known else "plain"


def risk_text(risk_class: str, scheme: str) -> str:
    """Return the class with its scheme, as in "丙类（2022 试点）"; empty without a class."""
    if not risk_class:
        return ""
    letter = risk_class[:1]
    known = schemes().get(scheme)
    name = word(known.title) if known else (scheme or tr("分类依据未注明"))
    return tr("{letter}类（{scheme}）", letter=letter, scheme=name)


def _count(persons: int | None) -> str:
    return "" if persons is None else str(persons)


def _state_kind(row: EstablishmentRow) -> str:
    return "warn" if row.contested or row.status in CLOSED_STATES else ""


def _state(row: EstablishmentRow) -> str:
    status = tr(row.status)
    return tr("待核 · {status}", status=status) if row.contested else status
