"""What the inspected party says at the end of a record: kept while it is filled in, read from a file, checked."""

import re
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import msgspec

from ohdesk.db.models import Draft
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.record import PartyStatement
from ohdesk.errors import Problem, UserError
from ohdesk.files import handed_in
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.record.signing import Points, Strokes
from ohdesk.services.visit.lookup import find_visit

_DRAFT = "party"  # kind of `Draft`
_PERSON = re.compile(r"([^（）、，；]+)（([^（）]+)）")  # as "温岚（厂长）": who accompanied, and in which position
WAYS = ("signed", "objected", "refused", "absent")
NOT_YET = PartyStatement(way="signed", name="", position="", statement="", reason="", witness="", video="")
LARGEST = 4_000_000  # bytes
PAD = (12_000, 5_000)  # 1/100 mm, where a file names no pad


def party_problems(party: PartyStatement) -> list[Problem]:
    """Return what the party's statement lacks for its way."""
    if party.way not in WAYS:
        return [Problem(tr("当事人核对方式"), " / ".join(WAYS), party.way, field="way")]
    if party.way == "absent":
        needed = [("reason", tr("当事人不在场的原因"), party.reason)]
    elif party.way == "refused":
        needed = [
            ("reason", tr("拒签原因"), party.reason),
            ("witness", tr("见证人或录像"), party.witness or party.video),
        ]
    else:
        needed = [("name", tr("当事人姓名"), party.name)]
        if party.way == "objected":
            needed.append(("statement", tr("当事人的异议"), party.statement))
    return [blank(place, field) for field, place, text in needed if not text]


def tidied(party: PartyStatement) -> PartyStatement:
    """Return the statement with its texts as they may stand in canonical JSON."""
    words = {name: clean_text(text).strip() for name, text in asdict(party).items()}
    return PartyStatement(**{**words, "way": party.way})  # a way that is none is told as it was given


def party_before(ctx: Context, visit_id: str) -> tuple[PartyStatement, tuple[str, ...]]:
    """Return what was filled in of the party's statement and the situation; else what follows from the visit.

    Whoever accompanied the inspection is proposed as the one who signs; nobody was there at a closed gate.
    """
    with ctx.reading() as session:
        kept = session.get(Draft, (_DRAFT, visit_id, ""))
        if kept is not None:
            held = msgspec.convert(kept.content, dict[str, Any])
            return PartyStatement(**held["party"]), tuple(held["situation"])
        visit = find_visit(session, visit_id)
        # Whoever walked along is nearly always who signs; typing the name again is where slips come from.
        accompanied = _PERSON.fullmatch(visit.start.accompanied_by if visit.start else "")
        if accompanied is not None:
            return _statement("signed", name=accompanied[1], position=accompanied[2]), ()
        if visit.ending:
            return _statement("absent", reason=visit.ending.account), ()
        return _statement("signed"), ()


def keep_party(ctx: Context, visit_id: str, party: PartyStatement, situation: Sequence[str]) -> Change:
    """Keep what was filled in before it is signed, so that no word is lost."""
    ctx.require(Right.RECORD)
    value = {"party": asdict(party), "situation": list(situation)}
    with ctx.transaction() as session:
        session.merge(Draft(kind=_DRAFT, of=visit_id, part="", content=value))
    return Change.NOTHING


def forget_party(ctx: Context, visit_id: str) -> None:
    """Drop what was kept, once the record is final."""
    ctx.require(Right.RECORD)
    with ctx.transaction() as session:
        kept = session.get(Draft, (_DRAFT, visit_id, ""))
        if kept is not None:
            session.delete(kept)


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    strokes: Points
    role: str = "party"
    width: int = PAD[0]
    height: int = PAD[1]


class PartyFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The file as written: `way` is signed, objected, refused or absent; situation: paragraphs on what was seen."""

    way: str
    name: str = ""
    position: str = ""
    statement: str = ""
    reason: str = ""
    witness: str = ""
    video: str = ""
    strokes: tuple[_Signature, ...] = ()
    situation: tuple[str, ...] = ()

    @property
    def party(self) -> PartyStatement:
        """The statement, to be checked by whoever composes the record."""
        return PartyStatement(**{field.name: getattr(self, field.name) for field in fields(PartyStatement)})

    @property
    def signatures(self) -> tuple[Strokes, ...]:
        """The handwritten signatures."""
        return tuple(Strokes(one.role, one.name, one.width, one.height, one.strokes) for one in self.strokes)


def read_party(path: Path) -> PartyFile:
    """Return the file's content. Raises UserError when it cannot be read or says something else."""
    data = handed_in(path, LARGEST + 1)
    if len(data) > LARGEST:
        raise UserError(tr("当事人意见文件超过 {limit} MB。", limit=LARGEST // 1_000_000), tr("请核对文件。"))
    try:
        # Windows editors put a mark in front of UTF-8; JSON does not allow it.
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=PartyFile)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UserError(
            tr("当事人意见文件的内容不对：{reason}", reason=error),
            tr("应为 JSON，最少有 way（signed、objected、refused、absent）；各项见 docs/commands.md。"),
        ) from error


def _statement(way: str, **words: str) -> PartyStatement:
    return PartyStatement(**(asdict(NOT_YET) | {"way": way} | words))
