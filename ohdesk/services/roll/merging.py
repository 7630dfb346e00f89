"""Merging (合并): of two entries that are one employer one goes on, the other is shown as merged into it.

Nothing is deleted: records, findings and draws stay where they were signed and are listed with the entry that goes on,
and splitting (拆开) gives back what was.
"""

from collections.abc import Collection

from sqlalchemy import select

from ohdesk.db import journal
from ohdesk.db.models import Establishment, Merged
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import FIELD_BY_KEY, MERGED_INTO, Value, value_text
from ohdesk.domain.operations import EstablishmentWritten
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.roll.entries import called, entry_of
from ohdesk.services.roll.values import is_proposal, refuse_same_code, values_of

_TOUCHED = Change.ROLL | Change.VISITS | Change.FINDINGS | Change.RECORDS


def merge(ctx: Context, keep: str, other: str, reason: str, take: Collection[str] = ()) -> Change:
    """Say that `other` is the same employer as `keep`, which goes on.

    take: fields whose values `keep` is to have from `other`
    At a town the merging of another's entry is proposed to the county.  Raises UserError for entries that are not on
    the roll, for one and the same, for an own one into another's, for what is no field, and without a reason.
    """
    ctx.require(Right.ROLL)
    why = _reason(reason)
    # Whose the one that goes on is, the other does not say.
    if odd := [key for key in take if key not in FIELD_BY_KEY or key == "town"]:
        raise UserError(tr("不能取用：{fields}。", fields="、".join(odd)), tr("请写名录中的字段，如 联系电话。"))
    if keep == other:
        raise UserError(tr("这是同一条名录，不用合并。"), tr("请指明两家不同的单位。"))
    with ctx.transaction() as session:
        kept, gone = entry_of(session, keep), entry_of(session, other)
        proposed = is_proposal(ctx, other, gone.town, {})
        if is_proposal(ctx, keep, kept.town, {}) and not proposed:
            raise UserError(
                tr("“{name}”是别的镇街的，不能把本镇街的并进去。", name=kept.name),
                tr("请报县级合并：县级可以合并任何两家。"),
            )
        if proposed and take:
            raise UserError(tr("要由县级决定的合并，不能同时取用另一家的内容。"), tr("请先合并，县级采纳后再更正。"))
        fields: dict[str, dict[str, Value]] = {other: {MERGED_INTO.key: keep}}
        # What it once said of itself would join the two the wrong way round, should they be split again.
        fields[keep] = {} if session.get(Merged, keep) is None or proposed else {MERGED_INTO.key: ""}
        fields[keep] |= values_of({key: value_text(getattr(gone, key)) for key in take})
        batch = ctx.new_id()
        for entry, values in fields.items():
            if values:
                written = EstablishmentWritten(record=entry, fields=values, reason=why)
                journal.record(session, written, ctx.stamp(), batch)
        refuse_same_code(session, str(fields[keep].get("uscc", "")), keep)
    return _TOUCHED | Change.PROPOSALS if proposed else _TOUCHED


def split(ctx: Context, other: str, reason: str) -> Change:
    """Say that an entry that was merged into another is an employer of its own; what was merged into it goes with it.

    Raises UserError for one that is not merged, and without a reason.
    """
    ctx.require(Right.ROLL)
    why = _reason(reason)
    with ctx.transaction() as session:
        said = session.get(Merged, other)
        if said is None or not said.into:
            raise UserError(tr("这家单位没有合并到别的单位。"), tr("请刷新名录后重试。"))
        batch, change = ctx.new_id(), _TOUCHED
        # Of two that say it of each other one has no effect; left as it is, it would have one now.
        for entry in (other, *session.scalars(select(Merged.establishment).where(Merged.establishment == said.into))):
            row = session.get_one(Establishment, entry)
            if is_proposal(ctx, entry, row.town, {}):
                change |= Change.PROPOSALS
            written = EstablishmentWritten(record=entry, fields={MERGED_INTO.key: ""}, reason=why)
            journal.record(session, written, ctx.stamp(), batch)
    return change


def find_merged(ctx: Context, name_or_code: str) -> str:
    """Return the id of the entry with this name, code or id that was merged into another.

    Raises UserError when none or several fit.
    """
    with ctx.reading() as session:
        merged = select(Merged.establishment).join(Establishment, Establishment.id == Merged.establishment)
        found = called(session, merged.where(Merged.into != ""), name_or_code)
    if len(found) != 1:
        message = tr("没有已合并的“{text}”。") if not found else tr("已合并的单位中有多家“{text}”。")
        raise UserError(message.format(text=name_or_code), tr("请用统一社会信用代码或编号指明单位。"))
    return found[0]


def _reason(reason: str) -> str:
    why = clean_text(reason).strip()
    if not why:
        raise ProblemsError(
            tr("合并和拆开要写明理由。"), (blank(tr("理由"), "reason", tr("例如：同一张执照，已到现场核实。")),)
        )
    return why
