"""Files of an entry (附件): a letter, a scan, photos; encrypted in the evidence store, and named by the entry.

What stays on this laptop takes its files with it: no bundle has them, a backup does.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from pathlib import Path, PurePath

import msgspec
from sqlalchemy.orm import Session

from ohdesk.domain.bounds import LARGEST_BLOB, LONGEST_NAME
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.kept_columns import Pairs
from ohdesk.domain.people import Right
from ohdesk.domain.register.definition import Definition, Field, Kind, word
from ohdesk.domain.register.values import Value
from ohdesk.domain.secrecy import secret_mark
from ohdesk.errors import MachineError, Problem, ProblemsError, UserError
from ohdesk.files import hand_out, handed_in_whole, safe_stem
from ohdesk.i18n import tr
from ohdesk.services import blobs
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.guarded import is_guarded, no_file, refuse_photo
from ohdesk.services.pictures.taking import ENDINGS, clean_picture, picture_bytes, picture_page
from ohdesk.services.register.books import book
from ohdesk.services.register.entries import Held, Write, held_entry, write_many, written_here

PICTURES = frozenset(ENDINGS)
# What offices hand each other; a program is none of it.
PAPERS = frozenset({".pdf", ".ofd", ".doc", ".docx", ".xls", ".xlsx", ".wps", ".et", ".csv", ".txt", ".ohb"})
_JPEG, _PDF = ".jpg", ".pdf"  # what a picture is kept as, and what is shown as it is


class Attachment(msgspec.Struct, frozen=True):
    """One file of an entry: the key of its field, its SHA-256, its name, its length in bytes (-1: not here).

    guarded: about an employer that handles state secrets: it is not written into an open file
    """

    field: str
    sha256: str
    name: str
    size: int
    guarded: bool = False


def attached(ctx: Context, entry: str) -> tuple[Attachment, ...]:
    """Return the files of an entry, field by field. Raises UserError when there is no such entry."""
    with ctx.reading() as session:
        register, held = held_entry(session, entry)
        named = [
            (field.key, digest, name)
            for field in file_fields(book(ctx, register))
            for digest, name in _pairs(held.fields.get(field.key))
        ]
        sizes = blobs.held(session, [digest for _, digest, _ in named])
        secret = is_guarded(session, _about(held))
    return tuple(Attachment(key, digest, name, sizes.get(digest, -1), secret) for key, digest, name in named)


def attach(ctx: Context, entry: str, field: str, sources: Sequence[Path]) -> Change:
    """Put files to an entry, all of them or none; of a picture what `pictures.clean_picture` makes of it.

    field: the key of the field, "" for the only one there is
    Raises UserError without such an entry or field, ProblemsError naming each file that cannot be taken.
    """
    ctx.require(Right.REGISTER)
    with ctx.reading() as session:
        register, held = held_entry(session, entry)
        _place(ctx, register, field)
        if any(source.suffix.lower() in PICTURES for source in sources):
            refuse_photo(session, _about(held))
    # On the disk before the entry names them: what a power cut leaves over nobody mentions.
    stored = _stored(ctx, sources)
    with ctx.transaction() as session:
        register, held = held_entry(session, entry)
        definition, asked = _place(ctx, register, field)
        there = _pairs(held.fields.get(asked.key))
        new = tuple((digest, name) for digest, (name, _) in stored.items() if digest not in dict(there))
        if not new:
            return Change.NOTHING
        blobs.note_all(session, {digest: stored[digest][1] for digest, _ in new})
        _write(ctx, session, definition, entry, held, {asked.key: (*there, *new)})
    return Change.REGISTERS


def detach(ctx: Context, entry: str, attachment: Attachment) -> Change:
    """Take a file away from an entry; the journal keeps it. Raises UserError without such an entry."""
    ctx.require(Right.REGISTER)
    with ctx.transaction() as session:
        register, held = held_entry(session, entry)
        definition, asked = _place(ctx, register, attachment.field)
        there = _pairs(held.fields.get(asked.key))
        left = tuple(pair for pair in there if pair[0] != attachment.sha256)
        if left == there:
            return Change.NOTHING
        _write(ctx, session, definition, entry, held, {asked.key: left or None})
    return Change.REGISTERS


def content(ctx: Context, attachment: Attachment) -> bytes:
    """Return the bytes of a file, checked against its hash. Raises LostBlobError where they are gone."""
    ctx.require(Right.READ)
    return blobs.read(ctx, attachment.sha256)


def pages(ctx: Context, attachment: Attachment) -> bytes | None:
    """Return a file as a PDF to be looked at: a paper as it is, a picture on one page; None for anything else."""
    ending = PurePath(attachment.name).suffix.lower()
    if ending == _PDF:
        return content(ctx, attachment)
    return picture_page(content(ctx, attachment)) if ending in PICTURES else None


def write_out(ctx: Context, attachment: Attachment, place: Path) -> None:
    """Write a file where a person wants it, unencrypted.

    Raises UserError for one that is not written into open files, and as `content` and `files.hand_out` do.
    """
    if attachment.guarded:
        raise no_file()
    hand_out(place, content(ctx, attachment))


def write_all(ctx: Context, several: Iterable[Attachment], folder: Path) -> list[Path]:
    """Write files into a folder that is there, none over another, and return where they lie. Raises as `write_out`."""
    places: list[Path] = []
    for each in several:
        name = PurePath(file_name(each))
        free = (f"{name.stem}{again}{name.suffix}" for again in chain([""], (f"_{number}" for number in count(2))))
        place = next(place for place in map(folder.joinpath, free) if not place.exists())
        write_out(ctx, each, place)
        places.append(place)
    return places


def find(ctx: Context, entry: str, wanted: str) -> Attachment:
    """Return the file of an entry with this name or SHA-256. Raises UserError when none or several fit."""
    fits = [each for each in attached(ctx, entry) if wanted in {each.name, each.sha256}]
    if len(fits) != 1:
        message = tr("这条登记没有附件“{wanted}”。") if not fits else tr("这条登记有多个附件“{wanted}”。")
        raise UserError(message.format(wanted=wanted[:40]), tr("请先列出附件，再用 SHA-256 指明。"))
    return fits[0]


def file_name(attachment: Attachment) -> str:
    """Return the name a file is written out under: one that every system takes, and never that of a program."""
    # The name may come from another office.
    path = PurePath(attachment.name)
    ending = path.suffix.lower() if path.suffix.lower() in PICTURES | PAPERS else ".bin"
    return safe_stem(path.stem) + ending


def file_fields(definition: Definition) -> tuple[Field, ...]:
    """Return the fields of a book that hold files."""
    return tuple(field for field in definition.fields if field.kind is Kind.FILES)


def _about(held: Held) -> str:
    """Return the employer that an entry is about, "" for none."""
    return str(held.fields.get("establishment") or "")


def _place(ctx: Context, register: str, key: str) -> tuple[Definition, Field]:
    """Return the book, and the field of it that is meant: the only one where none is named."""
    definition = written_here(ctx, register)
    fields = file_fields(definition)
    meant = [field for field in fields if field.key == key] or ([] if key or len(fields) > 1 else list(fields))
    if not meant:
        known = "、".join(f"{word(each.label)}（{each.key}）" for each in fields) or tr("没有")
        raise UserError(
            tr("“{book}”里没有放文件的字段“{key}”。", book=word(definition.title), key=key[:40]),
            tr("放文件的字段：{known}。", known=known),
        )
    return definition, meant[0]


def _pairs(value: Value) -> Pairs:
    """Return the hash and name of each file that a field holds."""
    return tuple((digest, name) for digest, name in value) if isinstance(value, tuple | list) else ()


def _write(
    ctx: Context, session: Session, definition: Definition, entry: str, held: Held, fields: Mapping[str, Value]
) -> None:
    write_many(ctx, session, definition, [Write(entry, fields, held.travels)], "", "hand", ctx.new_id())


def _stored(ctx: Context, sources: Sequence[Path]) -> dict[str, tuple[str, int]]:
    """Store files and return of each hash the name and the length. Raises ProblemsError naming all that are none."""
    stored: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for source in sources:
        try:
            name, held = read_file(source)
        except MachineError:
            raise
        except UserError as error:
            problems.append(Problem(source.name, tr("能保存的文件"), error.message, error.remedy))
        else:
            if not problems:
                stored.setdefault(blobs.put(ctx, held), (name, len(held)))
    if problems:
        raise ProblemsError(tr("附件没有保存，有 {count} 个文件不能用。", count=len(problems)), tuple(problems))
    return stored


def read_file(source: Path) -> tuple[str, bytes]:
    """Return the name and the bytes that a file is kept with. Raises UserError for one that cannot be."""
    if mark := secret_mark(source.stem):
        raise UserError(
            tr("文件名标有国家秘密标志“{mark}”，没有读取。", mark=mark),
            tr("涉密文件不得存入本程序，请按保密规定处理；标错了的，请先更正标志。"),
        )
    ending = source.suffix.lower()
    if ending in PICTURES:
        return _named(source, _JPEG), clean_picture(picture_bytes(source))
    if ending not in PAPERS:
        kinds = "、".join(sorted(each.removeprefix(".") for each in PICTURES | PAPERS))
        raise UserError(
            tr("不是可以作附件的文件类型：{ending}", ending=ending or "—"), tr("可以用：{kinds}", kinds=kinds)
        )
    too_large = UserError(
        tr("超过 {most} MB。", most=LARGEST_BLOB >> 20), tr("请压缩或拆成几个文件；扫描件用 200 dpi 即可。")
    )
    held = handed_in_whole(source, LARGEST_BLOB, too_large)
    if not held:
        raise UserError(tr("文件是空的。"), tr("请重新导出或复制这个文件。"))
    return _named(source, ending), held


def _named(source: Path, ending: str) -> str:
    stem = clean_text(safe_stem(source.stem))
    return stem[: LONGEST_NAME - len(ending)] + ending
