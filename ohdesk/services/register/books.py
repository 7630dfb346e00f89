"""Which books there are in this office: those shipped, and those an administrator installed or replaced."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, LocalEntry
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, word
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.forms import registers
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register import definitions


class Books(NamedTuple):
    """The books of an office by their ids, and what is wrong with the definitions that could not be taken."""

    by_id: Mapping[str, Definition]
    problems: tuple[Problem, ...]


def books(ctx: Context) -> Books:
    """Return the books there are; one whose definition has a fault is left out and named, the others go on."""
    with ctx.reading() as session:
        return _books(session)


def book(ctx: Context, register: str) -> Definition:
    """Return a book by its id. Raises UserError where there is none."""
    found = books(ctx)
    if register not in found.by_id:
        known = "、".join(f"{key}（{word(each.title)}）" for key, each in found.by_id.items())
        message = tr("没有代号为“{register}”的登记簿。", register=register[:40])
        raise UserError(message, tr("已有的登记簿：{known}。", known=known))
    return found.by_id[register]


def install(ctx: Context, data: bytes, file: str) -> Definition:
    """Keep a definition in this workspace, in place of one with the same id. Raises ProblemsError for its faults.

    file: its name, for what is said of faults and for the history; its stem is the id
    """
    ctx.require(Right.DEFINE)
    with ctx.transaction() as session:
        there = _books(session).by_id
        definition = registers.read_definition(data, file, there)
        if definition.id in there:
            _refuse_loosened(session, there[definition.id], definition)
        definitions.keep(ctx, session, definitions.BOOKS, definition.id, data, file)
    return definition


def _books(session: Session) -> Books:
    shipped, faults = registers.registers()
    found = {each.id: each for each in shipped}
    problems = list(faults)
    for identity, text in definitions.installed(session, definitions.BOOKS).items():
        try:
            found[identity] = _installed(text, f"{identity}.toml", frozenset(found))
        except ProblemsError as error:  # of a newer program, or of one that had other rules
            problems += error.problems
    return Books(dict(sorted(found.items())), tuple(problems))


@lru_cache(maxsize=100)
def _installed(text: str, file: str, others: frozenset[str]) -> Definition:
    """Return a book that was installed; what its file says is no secret, and it is asked for at every list."""
    return registers.read_definition(text.encode(), file, others)


def _has_entries(session: Session, model: type[Entry] | type[LocalEntry], definition: Definition) -> bool:
    return session.scalars(select(model.id).where(model.register == definition.id).limit(1)).first() is not None


def _let_out(before: Definition, after: Definition) -> Iterator[Problem]:
    if before.travels == "no" and after.travels != "no":
        yield Problem("travels", "no", after.travels, tr("已有登记是按“不离开本机”填写的。"))
    open_now = {each.key for each in after.fields if not each.private}
    for each in before.fields:
        if each.private and each.key in open_now:
            yield Problem(f"field {each.key} private", "true", "false", tr("已有登记是按“只留本机”填写的。"))


def _refuse_loosened(session: Session, before: Definition, after: Definition) -> None:
    """Raise ProblemsError where what was entered as staying here would travel, or no longer be kept back."""
    problems = [*(_let_out(before, after) if _has_entries(session, LocalEntry, before) else ())]
    if any(_has_entries(session, model, before) for model in (Entry, LocalEntry)):
        problems += [
            Problem(
                f"field {each.key} small_counts", each.small_counts, "", tr("已有登记是按“人数很少的不外传”填写的。")
            )
            for each in before.fields
            if each.small_counts and each.key in after.by_key and not after.by_key[each.key].small_counts
        ]
    if problems:
        message = tr("“{book}”的新定义会放宽已有登记的保密范围，没有安装。", book=word(before.title))
        raise ProblemsError(message, tuple(problems), tr("请给新的登记簿另起一个代号。"))
