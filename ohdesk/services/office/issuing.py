"""In whose name this office issues a paper on a day, by its powers and by what the county confirmed."""

from datetime import date

from sqlalchemy.orm import Session

from ohdesk.errors import UserError
from ohdesk.forms.issuing import Issued, Office, Refused, WhyNot, issuing
from ohdesk.forms.papers import PaperForm
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.office.powers import powers_in
from ohdesk.services.register import county_papers


def issuing_in(
    ctx: Context, session: Session, paper: str, form: PaperForm, mode: str, day: date, authority: str = ""
) -> Issued | Refused:
    """Return in whose name a paper is issued in a mode on a day, or why it is not.

    paper: its key · authority: of the bodies whose powers are valid, the one chosen
    """
    confirmed = {mode: _is_confirmed(session, paper, form, mode, day) for mode in form.issue}
    return issuing(form, mode, Office(ctx.office.name, day, powers_in(session), confirmed), authority)


def refusal(form: PaperForm, day: date, refused: Refused) -> UserError:
    """Return what a person is told who cannot issue a paper, and what to do instead."""
    said = "、".join(refused.said)
    told = {
        WhyNot.NEVER: tr("镇街不能{what}，《{title}》不能制作。", what=said, title=form.title),
        WhyNot.NOT_IN_MODE: tr("{mode}没有《{title}》。", mode=said, title=form.title),
        WhyNot.OFF: tr("《{title}》还不能制作：{why}。", title=form.title, why=said),
        WhyNot.NO_POWER: tr("{day} 没有可用的检查权限，《{title}》不能制作。", day=day.isoformat(), title=form.title),
        WhyNot.SEVERAL: tr("有权机关不止一个：{names}。", names=said),
    }
    remedies = {
        WhyNot.OFF: tr("县级确认后，在“县级文件”中登记（用途：确认某种文书可以制作，或者职业卫生监督协管）。"),
        WhyNot.NO_POWER: tr("请先登记检查权限；没有权限的事项请报送或移送有权机关。"),
        WhyNot.SEVERAL: tr("请选择以哪个机关的名义检查。"),
    }
    elsewhere = tr("不属于本镇街职权的，请报送或移送有权机关。")
    return UserError(told[refused.why], remedies.get(refused.why, elsewhere))


def _is_confirmed(session: Session, paper: str, form: PaperForm, mode: str, day: date) -> bool:
    by_its_own = county_papers.confirms(session, paper, mode, day)
    if form.issue[mode].confirmed_by == county_papers.ASSISTANTS:
        return by_its_own or county_papers.in_force(session, county_papers.ASSISTANTS, day) is not None
    return by_its_own
