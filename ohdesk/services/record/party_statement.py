"""What the inspected party says at the end of a record: kept while it is filled in, read from a file, checked."""

import re
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import delete

from ohdesk.db.models import Draft, DraftKind
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.people import Right
from ohdesk.domain.problems import blank
from ohdesk.domain.record import PartyStatement, Points, Signer, StrokeSet, Way
from ohdesk.errors import Problem, ProblemsError
from ohdesk.files import read_json
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.visit.lookup import find_visit
from ohdesk.shape import understood

_PERSON = re.compile(r"([^（）、，；]+)（([^（）]+)）")  # as "温岚（厂长）": who accompanied, and in which position
NOT_YET = PartyStatement(way=Way.SIGNED)
LARGEST = 4_000_000  # bytes
PAD = (12_000, 5_000)  # 1/100 mm, where a file names no pad


def party_problems(party: PartyStatement) -> list[Problem]:
    """Return what the party's statement lacks for its way."""
    if party.way is Way.ABSENT:
        needed = [("reason", tr("当事人不在场的原因"), party.reason)]
    elif party.way is Way.REFUSED:
        needed = [
            ("reason", tr("拒签原因"), party.reason),
            ("witness", tr("见证人或录像"), party.witness or party.video),
        ]
    else:
        needed = [("name", tr("当事人姓名"), party.name)]
        if party.way is Way.OBJECTED:
            needed.append(("statement", tr("当事人的异议"), party.statement))
    return [blank(place, field) for field, place, text in needed if not text]


def tidied(party: PartyStatement) -> PartyStatement:
    """Return the statement with its texts as they may stand in canonical JSON."""
    words: dict[str, Any] = {name: clean_text(text).strip() for name, text in asdict(party).items()}
    return PartyStatement(**words | {"way": party.way})


def party_before(ctx: Context, visit_id: str) -> tuple[PartyStatement, tuple[str, ...]]:
    """Return what was filled in of the party's statement and the situation; else what follows from the visit.

    Whoever accompanied the inspection is proposed as the one who signs; nobody was there at a closed gate.
    """
    with ctx.reading() as session:
        kept = session.get(Draft, (DraftKind.PARTY, visit_id, ""))
        if kept is not None:
            return msgspec.convert(kept.content, tuple[PartyStatement, tuple[str, ...]])
        visit = find_visit(session, visit_id)
        # Whoever walked along is nearly always who signs; typing the name again is where slips come from.
        accompanied = _PERSON.fullmatch(visit.start.accompanied_by if visit.start else "")
        if accompanied is not None:
            return replace(NOT_YET, name=accompanied[1], position=accompanied[2]), ()
        if visit.ending:
            return PartyStatement(way=Way.ABSENT, reason=visit.ending.account), ()
        return NOT_YET, ()


def keep_party(ctx: Context, visit_id: str, party: PartyStatement, situation: Sequence[str]) -> None:
    """Keep what was filled in before it is signed, so that no word is lost."""
    ctx.require(Right.RECORD)
    with ctx.transaction() as session:
        content = msgspec.to_builtins((party, situation))
        session.merge(Draft(kind=DraftKind.PARTY, of=visit_id, part="", content=content))


def forget_party(ctx: Context, visit_id: str) -> None:
    """Drop what was kept, once the record is final."""
    ctx.require(Right.RECORD)
    with ctx.transaction() as session:
        session.execute(delete(Draft).where(Draft.kind == DraftKind.PARTY, Draft.of == visit_id))


class _Signature(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    strokes: Points
    role: Signer = Signer.PARTY
    width: int = PAD[0]
    height: int = PAD[1]


class PartyFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The file as written: `way` is signed, objected, refused or absent; situation: paragraphs on what was seen."""

    way: Way
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
    def signatures(self) -> tuple[StrokeSet, ...]:
        """The handwritten signatures."""
        return tuple(StrokeSet(**msgspec.structs.asdict(one)) for one in self.strokes)


def read_party(path: Path) -> PartyFile:
    """Return the file's content. Raises UserError when it cannot be read, ProblemsError for what it should not say."""
    problems: list[Problem] = []
    file = understood(read_json(path, LARGEST), PartyFile, path.name, problems)
    if file is None:
        raise ProblemsError(
            tr("当事人意见文件有 {count} 处不能使用。", count=len(problems)),
            tuple(problems),
            tr("最少要有 way（signed、objected、refused、absent）；各项见 docs/commands.md。"),
        )
    return file
