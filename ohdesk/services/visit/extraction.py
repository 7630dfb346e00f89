"""Why originals are taken out, and for whom (提取): asked before, and kept in a book that nobody writes by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ohdesk.domain.calendar import beijing, legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.register.definition import Field
from ohdesk.domain.register.values import Value, blanks, problem_of, read_value, value_text
from ohdesk.errors import ProblemsError
from ohdesk.forms.registers import definition
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register.entries import as_new, write_new

BOOK = "taken_out"
_ASKED = ("purpose", "receiver", "reason")


@dataclass(frozen=True, slots=True)
class Extraction:
    """For what originals leave ("case_file", "hand_over", or their words), to which authority, and why."""

    purpose: str
    receiver: str
    reason: str


def asked() -> tuple[Field, ...]:
    """Return the fields that are asked for before originals leave."""
    return tuple(map(definition(BOOK).field, _ASKED))


def read(said: Extraction) -> dict[str, Value]:
    """Return what is meant by purpose, receiver and reason. Raises ProblemsError naming each that cannot stand."""
    texts = {"purpose": said.purpose, "receiver": said.receiver, "reason": clean_text(said.reason)}
    problems = [wrong for each in asked() if (wrong := problem_of(each, texts[each.key]))]
    told = {each.field for each in problems}
    values = {each.key: read_value(each, texts[each.key]) for each in asked() if each.key not in told}
    missing = [each for each in blanks(definition(BOOK), values, dict.fromkeys(_ASKED, "")) if each.field not in told]
    if problems or missing:
        message = tr("照片原件只随案卷或移送离开，没有写出。")
        raise ProblemsError(message, (*problems, *missing), tr("请写明用途、接收机关和理由。"))
    return values


def worded(fields: Mapping[str, Value]) -> dict[str, str]:
    """Return purpose, receiver and reason in words."""
    return {each.key: value_text(each, fields[each.key]) for each in asked()}


def note(ctx: Context, session: Session, about: str, fields: Mapping[str, Value]) -> None:
    """Set down that the originals of an establishment's visit leave, by whom and when, beside these fields."""
    by = {"taken_by": ctx.actor.name, "taken_at": f"{beijing(ctx.now()):%Y-%m-%dT%H:%M}"}
    new, _ = as_new(definition(BOOK), {**fields, **by, "establishment": about}, legal_day(ctx.now()))
    write_new(ctx, session, definition(BOOK), new)
