"""What papers say of the bodies in whose name they go out: the town itself, and the one that entrusts it."""

from collections.abc import Mapping

import msgspec
from sqlalchemy.orm import Session

from ohdesk.db.models import Setting
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Field
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context

TOWN, ENTRUSTING = "town", "entrusting"
BODIES = {TOWN: mark("本镇街"), ENTRUSTING: mark("委托机关")}
_LONGEST_REGION, _LONGEST = 10, 100  # characters
FIELDS = (
    Field("region", mark("地区简称"), help=mark("写在文号前面，例如“江蓬”。"), most=_LONGEST_REGION),
    Field("phone", mark("联系电话"), most=_LONGEST),
    Field("review_body", mark("行政复议机关"), help=mark("全称；没有的，文书不写行政复议。"), most=_LONGEST),
    Field("court", mark("行政诉讼的法院"), help=mark("全称；有的市由指定的法院集中管辖。"), most=_LONGEST),
    Field("address", mark("地址"), help=mark("单位前去或来信的地址。"), most=_LONGEST),
)


class IssuingBody(msgspec.Struct, frozen=True):
    """What is set for one body, "" while nothing is.

    region: short name of where it is, for 文号 · review_body, court: where its papers can be contested
    """

    region: str = ""
    review_body: str = ""
    court: str = ""
    address: str = ""
    phone: str = ""


def issuing_body(ctx: Context, body: str) -> IssuingBody:
    """Return what is set for a body, "town" or "entrusting". Raises UserError for another."""
    with ctx.reading() as session:
        return issuing_body_in(session, body)


def issuing_body_in(session: Session, body: str) -> IssuingBody:
    """As `issuing_body`, within an open session."""
    _check_body(body)
    found = session.get(Setting, _setting(body))
    return IssuingBody() if found is None else msgspec.convert(found.value, IssuingBody)


def change(ctx: Context, body: str, said: Mapping[str, str]) -> Change:
    """Set what is said of a body; what is not named stays. Raises ProblemsError naming all that cannot be taken."""
    ctx.require(Right.OFFICE)
    _check_body(body)
    cleaned = {key: clean_text(text).strip() for key, text in said.items()}
    problems = tuple(problem for key, text in cleaned.items() if (problem := _problem(key, text)))
    if problems:
        raise ProblemsError(tr("机关信息没有保存。"), problems)
    with ctx.transaction() as session:
        held = issuing_body_in(session, body)
        changed = msgspec.structs.replace(held, **cleaned)
        if changed == held:
            return Change.NOTHING
        session.merge(Setting(key=_setting(body), value=msgspec.to_builtins(changed)))
    return Change.SETTINGS


def _check_body(body: str) -> None:
    if body not in BODIES:
        known = "、".join(f"{key}（{tr(word)}）" for key, word in BODIES.items())
        raise UserError(tr("没有制发机关“{body}”。", body=body[:40]), tr("可用：{choices}", choices=known))


def _problem(key: str, text: str) -> Problem | None:
    field = next((each for each in FIELDS if each.key == key), None)
    if field is None:
        known = "、".join(f"{each.key}（{tr(str(each.label))}）" for each in FIELDS)
        return Problem(tr("名称"), known, key[:40])
    if len(text) > field.most:
        expected, found = tr("不超过 {count} 个字", count=field.most), tr("{count} 个字", count=len(text))
        return Problem(tr(str(field.label)), expected, found, field=key)
    if not text.isprintable() or (key == "region" and set("{}0123456789") & set(text)):
        return Problem(tr(str(field.label)), tr("一行文字，地区简称不含数字"), text, field=key)
    return None


def _setting(body: str) -> str:
    return f"issuing_body/{body}"
