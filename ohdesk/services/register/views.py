"""The views of a list: those of its definition, and those that somebody kept under a name on this laptop."""

import msgspec

from ohdesk.db.models import Setting
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, word
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.register.conditions import EntryQuery, view_query

_MOST = 30  # of one book
_OWN = "own:"  # before the name of one that was kept


def views(ctx: Context, definition: Definition) -> list[tuple[str, str]]:
    """Return the views of a book by key and title: those of its definition, then those kept here."""
    shipped = [(each.key, word(each.title)) for each in definition.listing.views]
    return [*shipped, *((_OWN + name, name) for name in _kept(ctx, definition))]


def is_own(key: str) -> bool:
    """True for a view that was kept here."""
    return key.startswith(_OWN)


def query(ctx: Context, definition: Definition, named: str) -> EntryQuery:
    """Return what a view asks today, by its key or its title. Raises UserError where there is no such view."""
    there = views(ctx, definition)
    key = next((key for key, title in there if named in {key, title}), "")
    if not key:
        known = "、".join(title if is_own(key) else f"{key}（{title}）" for key, title in there)
        message = tr("“{book}”没有视图“{view}”。", book=word(definition.title), view=named[:40])
        raise UserError(message, tr("已有的视图：{known}。", known=known or tr("没有")))
    if is_own(key):
        return _kept(ctx, definition)[key.removeprefix(_OWN)]
    view = next(each for each in definition.listing.views if each.key == key)
    return view_query(view, legal_day(ctx.now()))


def keep(ctx: Context, definition: Definition, name: str, query: EntryQuery) -> str:
    """Keep what is listed under a name, in place of one of the same, and return its key. Raises UserError."""
    ctx.require(Right.OWN)
    title = clean_text(name).strip()
    held = _kept(ctx, definition)
    if not title or (title not in held and len(held) >= _MOST):
        raise UserError(tr("视图没有保存。"), tr("请写一个名称；一本登记簿最多存 {most} 个视图。", most=_MOST))
    _write(ctx, definition, held | {title: query})
    return _OWN + title


def forget(ctx: Context, definition: Definition, key: str) -> None:
    """Take a view away that was kept here."""
    ctx.require(Right.OWN)
    held = _kept(ctx, definition)
    held.pop(key.removeprefix(_OWN), None)
    _write(ctx, definition, held)


def _kept(ctx: Context, definition: Definition) -> dict[str, EntryQuery]:
    with ctx.reading() as session:
        held = session.get(Setting, _key(definition))
        return {} if held is None else msgspec.convert(held.value, dict[str, EntryQuery])


def _write(ctx: Context, definition: Definition, held: dict[str, EntryQuery]) -> None:
    with ctx.transaction() as session:
        session.merge(Setting(key=_key(definition), value=msgspec.to_builtins(held)))


def _key(definition: Definition) -> str:
    return f"views/{definition.id}"
