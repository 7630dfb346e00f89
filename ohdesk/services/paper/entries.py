"""A paper as an entry of the register `papers`: read, and written where it belongs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from ohdesk.domain.canonical import canonical, fingerprint, parse
from ohdesk.domain.paper_life import PaperAct, PaperState, Step, may, next_step
from ohdesk.domain.register.values import Value
from ohdesk.errors import UserError
from ohdesk.forms.papers import PaperForm
from ohdesk.forms.registers import definition
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.office import paper_forms
from ohdesk.services.paper.issuing import issuing_of
from ohdesk.services.paper.subject import Issuing, Subject
from ohdesk.services.register.entries import Write, held_entry, write_many

BOOK = "papers"
_INSIDE = ("typed", "content", "pdf", "scans")  # what a paper that stays inside keeps on this laptop


class Content(msgspec.Struct, frozen=True):
    """What a paper says, fixed when it is approved or signed: all that it is drawn from but its number and day.

    values: text by place, and lists of items · photos: SHA-256 of those that stand on it
    """

    paper: str
    paper_set: str
    mode: str
    form_sha256: str
    values: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Its fingerprint (文档指纹)."""
        return fingerprint(msgspec.to_builtins(self))

    @property
    def photos(self) -> tuple[str, ...]:
        """The photos that stand on it."""
        return tuple(item["sha256"] for item in self.values.get("photos", ()))


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """A paper as it is held.

    typed: what somebody typed, by key · content: what it says, None while it is a draft
    fields: everything of the entry, by key
    """

    id: str
    form: PaperForm
    key: str
    paper_set: str
    state: PaperState
    number: str
    subject: Subject
    issuing: Issuing
    typed: Mapping[str, str]
    fields: Mapping[str, Value] = field(repr=False)

    @property
    def next_step(self) -> Step | None:
        """What comes next; None at the end."""
        return next_step(self.form.life, self.state, has_series=bool(self.form.series))

    @property
    def fixed(self) -> str:
        """SHA-256 of the paper as it was signed in ink or, where it was not, as it was issued; "" for a draft."""
        files = self.files("scans") or self.files("pdf")
        return files[0][0] if files else ""

    def allows(self, act: PaperAct) -> bool:
        """True where this may be done to it now."""
        return may(act, self.form.life, self.state, has_series=bool(self.form.series))

    def files(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return the files of a field: SHA-256 and name of each."""
        found = self.fields.get(_named(self.form, key))
        return tuple((str(digest), str(name)) for digest, name in found) if isinstance(found, tuple | list) else ()


def paper_entry(session: Session, paper: str) -> PaperEntry:
    """Return a paper by its id. Raises UserError where there is none."""
    register, held = held_entry(session, paper)
    if register != BOOK:
        raise UserError(tr("没有这份文书。"), tr("请从文书列表中选择（命令行为 paper list）。"))
    fields = held.fields
    text = {key: str(value or "") for key, value in fields.items() if not isinstance(value, tuple | list)}
    found = paper_forms.paper(session, text["paper_set"], text["paper"])
    form = found.of(text.get("mode", ""))
    return PaperEntry(
        id=paper,
        form=form,
        key=text["paper"],
        paper_set=text["paper_set"],
        state=PaperState(text.get("state") or "draft"),
        number=text.get("number", ""),
        subject=Subject(text.get("visit", ""), text.get("establishment", ""), text.get("source_entry", "")),
        issuing=issuing_of(session, text.get("mode", ""), text.get("body", "town"), text.get("authority", "")),
        typed=parse(text.get(_named(form, "typed"), "{}").encode() or b"{}"),
        fields=fields,
    )


def write(ctx: Context, session: Session, form: PaperForm, paper: str, fields: Mapping[str, Value]) -> None:
    """Write fields of a paper; what stays inside goes into the fields that never leave the laptop."""
    placed = {_named(form, key): value for key, value in fields.items()}
    write_many(ctx, session, definition(BOOK), [Write(paper, placed, travels=True)], "", "hand", ctx.new_id())


def typed_text(typed: Mapping[str, str]) -> str:
    """Return what was typed as it is kept."""
    return canonical(dict(typed)).decode()


def content_of(ctx: Context, entry: PaperEntry) -> Content | None:
    """Return what a paper says as it was fixed; None for a draft. Raises LostBlobError when that is gone."""
    files = entry.files("content")
    return msgspec.json.decode(blobs.read(ctx, files[0][0]), type=Content) if files else None


def _named(form: PaperForm, key: str) -> str:
    return f"{key}_inside" if form.for_ == "inside" and key in _INSIDE else key
