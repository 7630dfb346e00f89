"""Approvals of visits, signed by the account that gave them: whoever can write the database cannot approve with it."""

from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from ohdesk.db.models import Visit
from ohdesk.domain.canonical import canonical
from ohdesk.domain.people import Right
from ohdesk.domain.visit import Approval
from ohdesk.forms.rights import is_allowed
from ohdesk.i18n import tr
from ohdesk.security import signing_keys
from ohdesk.security.keyfile import Keys
from ohdesk.services.office import grants

_RIGHTS = {"account": Right.APPROVE, "paper": Right.VISIT}  # by the way of approval: who signs it


def signed(session: Session, keys: Keys, visit: Visit, approval: Approval) -> Approval:
    """Return an approval signed by the account that has these secrets."""
    key = grants.own_key(session, keys)
    named = replace(approval, key=grants.key_of(key.public_der), signature="")
    return replace(named, signature=key.sign(_statement(keys.founder, visit, named)).hex())


def approval_of(session: Session, founder: bytes, visit: Visit) -> Approval | None:
    """Return the approval of a visit; None without one, and when it is not what somebody who may signed."""
    return None if approval_problem(session, founder, visit) else visit.approval


def approval_problem(session: Session, founder: bytes, visit: Visit) -> str:
    """Return why the approval of a visit does not count; "" when it does or there is none."""
    approval = visit.approval
    if approval is None:
        return ""
    held = grants.standing(session, founder)
    account, roles = held.holders.get(approval.key, ("", frozenset()))
    right = _RIGHTS.get(approval.way)
    if right is None or not is_allowed(roles, right):
        return tr("审批不予采用：签批的账户没有这个权限，或者授权没有管理员签名。请重新批准。")
    try:
        signature = bytes.fromhex(approval.signature)
    except ValueError:
        signature = b""
    if signing_keys.verify(held.publics[approval.key], signature, _statement(founder, visit, approval)):
        return ""
    return tr("审批不予采用：内容与账户“{account}”签批的不一致。请重新批准。", account=account)


def _statement(founder: bytes, visit: Visit, approval: Approval) -> bytes:
    # What was approved was this team, for this reason, on this day: an approval of anything else is none.
    return canonical(
        {
            "fmt": "ohdesk-approval/1",
            "founder": founder.hex(),
            "visit": visit.id,
            "establishment": visit.establishment,
            "inspectors": list(visit.inspectors),
            "assistants": list(visit.assistants),
            "technicians": [asdict(each) for each in visit.technicians],
            "partners": [asdict(each) for each in visit.partners],
            "task": asdict(visit.task),
            "approval": asdict(replace(approval, signature="")),
        }
    )
