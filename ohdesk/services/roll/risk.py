"""Risk classes (风险类别) of the roll: what the latest assessment of each employer says, and taking it over."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, func, select

from ohdesk.db.models import Entry, Establishment
from ohdesk.db.queries.among import among
from ohdesk.db.queries.roll import few_by_name, goes_on, on_roll, together
from ohdesk.domain.calendar import day_text
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition
from ohdesk.domain.register.values import Value
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register import entries as register_entries
from ohdesk.services.register.books import book
from ohdesk.services.register.due import count_due
from ohdesk.services.roll import entries

ASSESSMENTS = "risk_assessments"


class Assessed(msgspec.Struct, frozen=True):
    """An employer and its latest assessment. Days "2026-03-02", whatever there is not "".

    assessment: its id in the book · grade, management, risk_class: as they were worked out, by `basis`
    inputs: what was entered, by key · next_on: by when it is assessed again
    on_roll: class and scheme as the roll has them
    """

    id: str
    name: str
    assessment: str
    assessed_on: str
    grade: str
    score: str
    management: str
    risk_class: str
    scheme: str
    basis: str
    why: str
    next_on: str
    inputs: Mapping[str, Value]
    on_roll: Mapping[str, str]

    @property
    def differs(self) -> bool:
        """True where there is a class, and the roll says another."""
        return bool(self.risk_class) and self.on_roll != _on_roll(self.risk_class, self.scheme)


def assessed(ctx: Context, establishments: Sequence[str] | None = None) -> list[Assessed]:
    """Return these employers, or the whole roll, each with its latest assessment, in the order of the roll."""
    ctx.require(Right.READ)
    definition = book(ctx, ASSESSMENTS)
    count_due(ctx, [definition])
    about = goes_on(Entry.establishment)
    day = func.coalesce(_held("assessed_on"), "")
    # A new employer that waits for its first has an entry without a day; it goes behind any that was made.
    latest = func.row_number().over(partition_by=about, order_by=[day.desc(), Entry.id.desc()]).label("place")
    held = select(Entry.id, about.label("about"), Entry.values, Entry.next_due, latest)
    made = held.where(Entry.register == ASSESSMENTS, ~Entry.withdrawn, Entry.establishment != "").subquery()
    of_roll = (Establishment.id, Establishment.name, Establishment.risk_class, Establishment.risk_scheme)
    wanted = select(*of_roll, made.c.id, made.c["values"], made.c.next_due).outerjoin(
        made, (made.c.about == Establishment.id) & (made.c.place == 1)
    )
    wanted = wanted.where(on_roll(ctx.office.division))
    if establishments is None:
        wanted = wanted.order_by(Establishment.search, Establishment.id)
    else:
        wanted = wanted.where(among(Establishment.id, establishments)).order_by(*few_by_name())
    with ctx.reading() as session:
        rows = session.execute(wanted).all()
    return [
        _assessed(definition, (identity, name), (letter, scheme), entry or "", values or {}, day_text(due))
        for identity, name, letter, scheme, entry, values, due in rows
    ]


def take_over(ctx: Context, found: Assessed, reason: str) -> Change:
    """Write the class and scheme of an assessment to the roll, and let older assessments point to it.

    Raises ProblemsError without a reason.
    """
    change = Change.NOTHING
    if found.risk_class:
        # Asked for a reason also where nothing differs.
        change = entries.correct(ctx, found.id, _fields(found.risk_class, found.scheme), reason)
    if not found.assessed_on:
        return change
    with ctx.reading() as session:
        open_before = select(Entry.id).where(
            Entry.register == ASSESSMENTS,
            together(Entry.establishment, found.id),
            Entry.id != found.assessment,
            ~Entry.withdrawn,
            func.coalesce(_held("next_assessment"), "") == "",
        )
        older = session.scalars(open_before).all()
    for entry in older:
        change |= register_entries.correct(ctx, entry, {"next_assessment": found.assessment}, reason)
    return change


def _assessed(
    definition: Definition,
    named: tuple[str, str],
    on_roll_now: tuple[str, str],
    entry: str,
    values: Mapping[str, Value],
    next_on: str,
) -> Assessed:
    said = {
        key: str(values.get(key) or "")
        for key in ("assessed_on", "grade", "score", "management", "risk_class", "scheme", "basis", "why")
    }
    if not entry:
        said["why"] = tr("还没有风险评估。")
    inputs = {key: values[key] for key in sorted(definition.computing.asked) if values.get(key) not in {None, ""}}
    return Assessed(*named, assessment=entry, next_on=next_on, inputs=inputs, on_roll=_on_roll(*on_roll_now), **said)


def _on_roll(letter: str, scheme: str) -> dict[str, str]:
    return {"risk_class": letter[:1], "scheme": scheme if letter else ""}


def _fields(risk_class: str, scheme: str) -> dict[str, str]:
    return {"risk_class": risk_class, "risk_scheme": scheme}


def _held(key: str) -> ColumnElement[str]:
    return func.json_extract(Entry.values, f"$.{key}")
