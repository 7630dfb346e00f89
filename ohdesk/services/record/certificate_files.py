"""Signing with a certificate file (PKCS#12) instead of an account of this laptop: whose it is, whether it counts.

One counts when the county issued it to this very person, or when the office registered its key for the person; then the
certificate that the office holds for that key is what is signed with, whoever issued the one in the file.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import SigningKey
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.record import Signatory
from ohdesk.i18n import tr
from ohdesk.security import certificates
from ohdesk.security.certificates import CertificateError
from ohdesk.security.pkcs12 import Pkcs12, Pkcs12Error
from ohdesk.security.signing_keys import KeySigner
from ohdesk.services.context import Context
from ohdesk.services.office.accounts import Inspector
from ohdesk.services.office.certificate_file import read_file
from ohdesk.services.trust import certified, keys


def open_file(ctx: Context, path: Path, password: str, signatories: Sequence[Signatory]) -> Inspector:
    """Return the one of the signatories whose certificate a file holds, and what signs for them.

    Raises Pkcs12Error, saying which of file and password is to be given anew, and UserError for a file that is none.
    """
    held = read_file(ctx, path, password)
    with ctx.reading() as session:
        registered = session.scalars(select(SigningKey).where(SigningKey.public_der == held.key.public_der)).first()
        if registered is None:
            person, certificate = _issued_to(ctx, session, held), held.certificate
        else:
            person, certificate = registered.person, registered.certificate_der
        name = next((one.name for one in signatories if one.person == person), None)
        if name is None:
            raise Pkcs12Error(
                tr(
                    "证书文件是“{found}”的，不是{names}的。",
                    found=held.name,
                    names="、".join(each.name for each in signatories),
                ),
                tr("请选择本人的证书文件。"),
            )
        if problem := certified.revocation_problem(
            session, certified.key_of(held.key.public_der), legal_day(ctx.now())
        ):
            raise Pkcs12Error(tr("这张证书不能再用：{problem}。", problem=problem), tr("请向县级申请新证书。"))
        confirmed = registered is None or registered.confirmed
    return Inspector(person, name, KeySigner(held.key, certificate), confirmed)


def _issued_to(ctx: Context, session: Session, held: Pkcs12) -> str:
    """Return to whom (the person's id) the county issued a certificate that counts here."""
    try:
        subject = certificates.person_of(held.certificate)
        certificates.issuer(held.certificate, [root] if (root := keys.county_root(session)) else [])
    except CertificateError as error:
        raise Pkcs12Error(
            tr("“{found}”的证书不是县级签发的，密钥也没有在本单位登记（{reason}）。", found=held.name, reason=error),
            tr("请用本人账户签名；要用这个文件，请本人先登记它的密钥（命令行为 account key）。"),
        ) from error
    here, key = ctx.office.division, certified.key_of(held.key.public_der)
    # A certificate for another town counts here where the county says that its holder is lent.
    if subject.division != here and (
        problem := certified.certificate_problem(session, key, subject.person, here, ctx.now())
    ):
        raise Pkcs12Error(tr("这张证书不能用于本单位：{problem}。", problem=problem), tr("请向县级办理借调。"))
    return subject.person
