"""What the open workspace knows of a file that was handed in: whom it trusts, and what stands in its journal."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Record, RecordPaper
from ohdesk.db.queries.operations import content_of
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.paper_life import PaperState
from ohdesk.domain.record import Signing
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.exchange import checks
from ohdesk.services.exchange.senders import content_problem, sender_problem
from ohdesk.services.office import paper_forms
from ohdesk.services.record import verification
from ohdesk.services.record.signers import signing_problem
from ohdesk.services.record.verification import Held, Knowledge
from ohdesk.services.trust import certified, keys


class KnownHere(Knowledge):
    """What a workspace knows."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    @property
    def county(self) -> Sequence[bytes]:
        """The county's root (DER); none in a town that has not joined."""
        with self._ctx.reading() as session:
            return tuple(filter(None, [keys.county_root(session)]))

    def believed(self) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Return what this workspace believes about signatures on records."""
        anchors = keys.anchors(self._ctx)
        return anchors.roots, anchors.confirmed

    def revoked(self) -> tuple[tuple[str, date, str], ...]:
        """Return which keys (SHA-256) count no more since which day and why, the earliest first."""
        with self._ctx.reading() as session:
            return certified.revoked(session)

    def paper(self, digest: str) -> Fact:
        """Return which paper of this office a file is: as it was fixed, or as it came back signed."""
        files = [Entry.values[field].as_string() for field in ("pdf", "scans")]
        named = or_(*(each.contains(digest) for each in files))
        with self._ctx.reading() as session:
            row = session.scalars(select(Entry).where(Entry.register == "papers", ~Entry.withdrawn, named)).first()
            if row is None:
                unknown = tr("没有登记这个文件；纸质文书请对照原件上的印章和签名")
                return verification.paper(Verdict.UNCHECKED, unknown)
            said = " ".join(filter(None, (str(row.values.get("title") or ""), row.number, PaperState(row.state).word)))
        return verification.paper(Verdict.HOLDS, said)

    def forms(self) -> tuple[tuple[str, str], ...]:
        """Return every form of a paper that was ever installed here."""
        with self._ctx.reading() as session:
            return paper_forms.editions(session)

    def bundle(self, path: Path, roots: Sequence[bytes]) -> tuple[Fact, ...]:
        """Return the facts about a bundle, by what this office has against it and with the key that opens it."""
        ctx = self._ctx
        with ctx.reading() as session:
            doubts = checks.Doubts(partial(sender_problem, ctx, session, roots), partial(content_problem, ctx, session))
            return checks.verify_bundle(path, roots, keys.opener(ctx, session), doubts)

    def held(self, document: Mapping[str, Any]) -> Held | None:
        """Return the record in the journal of the visit that a document names."""
        with self._ctx.reading() as session:
            row = session.get(Record, str(document.get("visit")))
            if row is None:
                return None
            return Held(row.number, row.record_sha256, row.pdf_sha256, content_of(session, row)["record"])

    def signing_problem(self, record: Mapping[str, Any] | None, signing: Signing) -> str:
        """Return why the county has not certified a signer for the division and the time of a record."""
        with self._ctx.reading() as session:
            return signing_problem(session, record, signing)

    def certified(self, signings: Sequence[Signing]) -> Fact:
        """Return whether the county vouches for each key when it signed, by what it has said in its journal."""
        if not signings:
            return verification.certified(Verdict.UNCHECKED, "")
        with self._ctx.reading() as session:
            # Before the county's first bundle nothing is known of keys: that is no fault of the record.
            if not all(certified.is_certified(session, each.key) for each in signings):
                return verification.certified(Verdict.UNCHECKED, tr("县级的上报包里还没有这些密钥"))
            problems = [
                certified.signer_problem(session, each.key, each.person, each.division, each.at) for each in signings
            ]
            notes = [certified.reset_note(session, each.key, each.person) for each in signings]
        found = "；".join(filter(None, problems))
        told = "；".join(dict.fromkeys(filter(None, notes)))
        return verification.certified(Verdict.FAILS if found else Verdict.HOLDS, found or told)

    def journal(self, digest: str, held: Held | None) -> Fact:
        """Return whether the file with this SHA-256 stands in the journal."""
        with self._ctx.reading() as session:
            if _is_registered(session, digest):
                return verification.registered(Verdict.HOLDS, digest)
        # Of a record that this workspace never heard of, nothing can be said; of one it has with other bytes, very
        # much.
        if held is None:
            return verification.registered(Verdict.UNCHECKED, tr("日志中没有这次检查的笔录"))
        return verification.registered(Verdict.FAILS, tr("日志中登记的是另一个文件"))


def _is_registered(session: Session, digest: str) -> bool:
    record = session.scalars(select(Record.visit).where(Record.pdf_sha256 == digest)).first()
    page = session.scalars(select(RecordPaper.visit).where(RecordPaper.pdf_sha256 == digest)).first()
    return record is not None or page is not None
