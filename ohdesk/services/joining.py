"""Where a workspace stands on its way into the county, and whom a county has let in."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import IssuedCertificate, OwnKey, Peer, Person, Setting, SigningKey
from ohdesk.errors import UserError
from ohdesk.i18n import tr
from ohdesk.security import trust_files
from ohdesk.services import trust
from ohdesk.services.context import Context
from ohdesk.services.trust import CardShown, RequestShown


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a town has come.

    county:      the county it belongs to; empty while it belongs to none
    waiting:     the request that the county has not answered yet
    unconfirmed: people whose signing keys the county has not certified
    """

    county: str
    waiting: RequestShown | None
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TownIn:
    """A town's laptop that the county has certified: how many people with it, and when."""

    division: str
    name: str
    replica: str
    people: int
    issued_at: datetime | None


def standing(ctx: Context) -> Standing:
    """Return how far this town has come with its county."""
    with ctx.reading() as session:
        county = session.scalars(select(Peer).where(Peer.role == "county").order_by(Peer.replica)).first()
        joined = session.get(OwnKey, "root") is not None and county is not None
        return Standing(
            county=county.name if joined and county is not None else "",
            waiting=_waiting(session),
            unconfirmed=_unconfirmed(session),
        )


def look_at_card(path: Path) -> CardShown:
    """Return whose card a file is, with the fingerprint to compare. Raises UserError for any other file."""
    return trust.shown_card(trust_files.read_card(trust.read_file(path)))


def look_at_request(ctx: Context, path: Path) -> RequestShown:
    """Return what a town asks for, with the fingerprint to compare; `county` names the town that asks.

    Raises UserError for any other file, and for a request made with another county's card.
    """
    request = trust_files.read_request(trust.read_file(path))
    with ctx.transaction() as session:
        card = trust.own_card(ctx, session)
    if request.card != card.digest:
        raise UserError(tr("这份申请是用另一张县级名片做的。"), tr("请让镇街在“上报同步”里用本县的名片重新写出申请。"))
    return RequestShown(request.fingerprint, card.fingerprint, request.name, trust.names(request))


def write_again(ctx: Context, path: Path) -> RequestShown:
    """Write the request that waits for its answer once more, byte for byte. Raises UserError when none waits."""
    ctx.require("administrator")
    with ctx.reading() as session:
        shown = _waiting(session)
        if shown is None:
            raise UserError(tr("本机没有等待答复的申请。"), tr("请先用县级名片写出申请。"))
        data = session.get_one(Setting, trust.PENDING).value["request"].encode("utf-8")
    trust.write_file(path, data)
    return shown


def card(ctx: Context) -> CardShown | None:
    """Return this county's card as it would be written; None before it was written for the first time."""
    with ctx.reading() as session:
        device = session.get(OwnKey, "device")
        if session.get(OwnKey, "root") is None or device is None or not device.certificate_der:
            return None
        return trust.shown_card(trust.own_card(ctx, session))


def towns(ctx: Context) -> list[TownIn]:
    """Return the towns' laptops this county has certified, by division."""
    with ctx.reading() as session:
        issued = list(session.scalars(select(IssuedCertificate).where(IssuedCertificate.revoked_at.is_(None))))
        peers = session.scalars(select(Peer).where(Peer.role == "town").order_by(Peer.division, Peer.replica))
        return [
            TownIn(
                division=peer.division,
                name=peer.name,
                replica=peer.replica,
                people=len({row.person for row in issued if row.replica == peer.replica and row.person}),
                issued_at=max((row.issued_at for row in issued if row.replica == peer.replica), default=None),
            )
            for peer in peers
        ]


def _waiting(session: Session) -> RequestShown | None:
    if session.get(Setting, trust.PENDING) is None:
        return None
    card_, request = trust.pending(session)
    return RequestShown(request.fingerprint, card_.fingerprint, card_.device.name, trust.names(request))


def _unconfirmed(session: Session) -> tuple[str, ...]:
    keys = select(Person.name).join(SigningKey, SigningKey.person == Person.id)
    return tuple(session.scalars(keys.where(SigningKey.confirmed.is_(False)).order_by(Person.name)))
