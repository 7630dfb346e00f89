"""A person's certificate file (PKCS#12): opened, and its key taken as the person's own signing key in this office."""

from pathlib import Path

from sqlalchemy import select

from ohdesk.db.models import Person, SigningKey
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right, one_spelling
from ohdesk.errors import UserError
from ohdesk.files import handed_in_whole
from ohdesk.i18n import tr
from ohdesk.security import pkcs12
from ohdesk.security.pkcs12 import Pkcs12, Pkcs12Error
from ohdesk.services.context import Context
from ohdesk.services.office.person_keys import give_key


def read_file(ctx: Context, path: Path, password: str) -> Pkcs12:
    """Return what a file holds whose certificate is in force today.

    Raises Pkcs12Error, saying which of file and password is to be given anew; UserError for what cannot be read.
    """
    too_large = Pkcs12Error(tr("文件过大，不是证书文件：{file}", file=path.name), tr("请选择 .p12 或 .pfx 文件。"))
    held = pkcs12.read(handed_in_whole(path, pkcs12.LARGEST, too_large), password)
    if not held.first <= ctx.now() <= held.last:
        first, last, today = map(legal_day, (held.first, held.last, ctx.now()))
        said = tr("证书文件里的证书有效期为 {first} 至 {last}，今天是 {today}。", first=first, last=last, today=today)
        raise Pkcs12Error(said, tr("请核对本机日期；到期的，请换用新的证书文件。"))
    return held


def take_key(ctx: Context, path: Path, password: str) -> None:
    """Make the key in a file the signing key of whoever is logged in; the one before signs nothing from now on.

    The county confirms it like any new key.  Raises as `read_file`, and UserError for somebody else's file, and for an
    account that signs nothing.
    """
    ctx.require(Right.RECORD, binding=True)
    held = read_file(ctx, path, password)
    with ctx.transaction() as session:
        person = session.get_one(Person, ctx.actor.person)
        # Another authority writes its subject as it likes; the name is what all of them have.
        if one_spelling(held.name) != one_spelling(person.name):
            raise Pkcs12Error(tr("证书文件是“{found}”的，不是本人的。", found=held.name), tr("请选择本人的证书文件。"))
        owner = session.scalars(select(SigningKey.person).where(SigningKey.public_der == held.key.public_der)).first()
        if owner is not None:
            raise UserError(tr("这个文件的密钥已经登记过。"), tr("请直接用它签名，或请本人换发证书。"))
        give_key(ctx, session, person.id, ctx.keys.personal, held.key)
