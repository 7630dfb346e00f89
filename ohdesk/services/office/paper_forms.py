"""The papers of this office: the set it uses, and the forms in it, with those that the county words itself."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from ohdesk.db.models import Setting
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.people import Right
from ohdesk.domain.record import RECORD_PAPERS
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.papers import Paper, PaperForm, paper_of, paper_set, papers_of, read_paper, record_forms, set_ids
from ohdesk.forms.registers import handed_in_definition
from ohdesk.i18n import tr
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.register import definitions

SET_SETTING = "documents.wording"
USUAL = "moj-2025"


class SetLine(NamedTuple):
    """A set as it is offered: what it is, how many papers it has, how many of them no mode may make yet."""

    id: str
    name: str
    source: str
    valid_from: str
    unconfirmed: bool
    papers: int
    off: int
    chosen: bool


def sets(ctx: Context) -> tuple[SetLine, ...]:
    """Return the sets there are."""
    with ctx.reading() as session:
        usual = usual_set(session, legal_day(ctx.now()))
        found = [(each, paper_set(each), papers(session, each).values()) for each in set_ids()]
    return tuple(
        SetLine(
            id=each,
            name=said.name,
            source=said.source,
            valid_from=said.valid_from,
            unconfirmed=said.unconfirmed,
            papers=len(held),
            off=sum(all(issue.off for issue in one.form.issue.values()) for one in held),
            chosen=each == usual,
        )
        for each, said, held in found
    )


def choose_set(ctx: Context, set_id: str) -> Change:
    """Use a set from now on; papers made before keep theirs.

    Raises UserError for one that is unknown, not in force yet, or without the papers that a record comes as.
    """
    ctx.require(Right.OFFICE)
    found = paper_set(set_id)
    if found.valid_from > legal_day(ctx.now()).isoformat():
        message = tr("“{name}”从 {day} 起才能使用。", name=found.name, day=found.valid_from)
        raise UserError(message, tr("请在那一天以后改用。"))
    with ctx.transaction() as session:
        if not papers(session, set_id).keys() >= set(RECORD_PAPERS):
            message = tr("“{name}”还没有笔录、检查表的式样，不能改用。", name=found.name)
            raise UserError(
                message, tr("请先由管理员换上县级的式样（命令行为 paper install --into {id}）。", id=set_id)
            )
        session.merge(Setting(key=SET_SETTING, value=set_id))
    return Change.SETTINGS


def usual_set(session: Session, day: date) -> str:
    """Return the set that this office chose, else the newest one in force on `day`, the default before others."""
    setting = session.get(Setting, SET_SETTING)
    if setting is not None:
        paper_set(str(setting.value))  # one that has gone with another program is refused by name
        return str(setting.value)
    # A set that comes into force later must not be used before, even when it is shipped as the default.
    in_force = [each for each in set_ids() if paper_set(each).valid_from <= day.isoformat() and papers_of(each)]
    newest = sorted(in_force, key=lambda each: (each == USUAL, paper_set(each).valid_from))
    return newest[-1] if newest else USUAL


def papers(session: Session, set_id: str) -> Mapping[str, Paper]:
    """Return the papers of a set: those shipped, and those installed in their place or besides."""
    return {**papers_of(set_id), **installed(session, set_id)}


def installed(session: Session, set_id: str) -> dict[str, Paper]:
    """Return the papers of a set that an administrator installed."""
    found = {}
    for identity, text in definitions.installed(session, definitions.PAPERS).items():
        folder, _, key = identity.partition("/")
        if folder == set_id:
            found[key] = _read(text, f"{key}.toml")
    return found


def paper(session: Session, set_id: str, key: str) -> Paper:
    """Return a paper of a set. Raises UserError when there is none of that key."""
    return installed(session, set_id).get(key) or paper_of(set_id, key)


def page(session: Session, key: str, day: date) -> Paper:
    """Return a page that the program makes: of the set in use on a day, or as usual where that set words none."""
    return papers(session, usual_set(session, day)).get(key) or paper_of(USUAL, key)


def forms_of_record(session: Session, set_id: str, mode: str) -> dict[str, PaperForm]:
    """Return the forms of the papers that a record comes as."""
    return record_forms(papers(session, set_id), mode)


def editions(session: Session) -> tuple[tuple[str, str], ...]:
    """Return every form of a paper that was ever installed here: "set/key", and the text of its file."""
    kept = definitions.installed(session, definitions.EDITIONS)
    return tuple((identity.rpartition("/")[0], text) for identity, text in sorted(kept.items()))


def install_file(ctx: Context, file: Path, set_id: str = "") -> Paper:
    """Keep the form that a file says; as `install`. Raises UserError also for a file that is too large."""
    return install(ctx, handed_in_definition(file), file.name, set_id)


def install(ctx: Context, data: bytes, file: str, set_id: str = "") -> Paper:
    """Keep the form of a paper in this workspace, in place of one with the same key. Raises ProblemsError for faults.

    file: its name; its stem is the key · set_id: the set it is for, "" for the one that this office uses
    """
    ctx.require(Right.DEFINE)
    found = read_paper(data, file)
    with ctx.transaction() as session:
        set_id = set_id or usual_set(session, legal_day(ctx.now()))
        paper_set(set_id)
        identity = f"{set_id}/{found.key}"
        definitions.keep(ctx, session, definitions.PAPERS, identity, data, file)
        edition = sha256(data).hexdigest()[:16]
        definitions.keep(ctx, session, definitions.EDITIONS, f"{identity}/{edition}", data, file)
    return found


@lru_cache(maxsize=200)
def _read(text: str, file: str) -> Paper:
    """Return a paper that was installed; what its file says is no secret."""
    try:
        return read_paper(text.encode(), file)
    except ProblemsError as error:  # of a newer program, or of one that had other rules
        remedy = tr("请用 paper install 换上改正的文件。")
        raise UserError(f"{error.message}{'；'.join(each.place for each in error.problems)}", remedy) from error
