"""Checking the signature of the acting person on a foreign operation."""

import base64
from hashlib import sha256

from sqlalchemy.orm import Session

from ohdesk.db.apply.applied import Applied
from ohdesk.db.journal import signed_part
from ohdesk.db.models import Person
from ohdesk.domain.canonical import parse
from ohdesk.i18n import tr
from ohdesk.security.signing_keys import verify


def signature_problem(session: Session, applied: Applied) -> str:
    """Return why the person's signature on an operation does not hold; "" when it does or there is none to check.

    Checked against the public key that the office announced for the person (`person.written`).
    """
    signature = parse(applied.body).get("sig")
    person = session.get(Person, applied.by)
    if signature is None or person is None or not person.public_key:
        return ""
    try:
        public = bytes.fromhex(person.public_key)
        value = base64.b64decode(signature["value"], validate=True)
        key = signature["key"]
    except (KeyError, TypeError, ValueError):
        return tr("个人签名的格式不对")
    if key != sha256(public).hexdigest():
        return tr("签名用的不是本人登记过的密钥")
    return "" if verify(public, value, signed_part(applied.body)) else tr("个人签名核验不通过")
