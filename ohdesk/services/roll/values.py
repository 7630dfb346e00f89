"""The values of an entry as they are written: what may stand, what is added by itself, and who decides about it."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Establishment, EstablishmentHead, Merged
from ohdesk.domain.authority import owns
from ohdesk.domain.calendar import legal_day
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import (
    FIELD_BY_KEY,
    FIELDS,
    IN_BUSINESS,
    KEPT,
    MERGED_INTO,
    STATUS_FILE,
    TRANSFER_TO,
    WITHDRAWN,
    WRITTEN_BY_KEY,
    Value,
    example,
    expected_text,
    is_uscc,
    read_value,
    uscc_check_character,
    uscc_is_right,
    value_text,
)
from ohdesk.domain.industry import is_code, one_code
from ohdesk.domain.kept_columns import as_pairs
from ohdesk.domain.merge import is_county
from ohdesk.domain.operations import EstablishmentWritten, Source
from ohdesk.domain.personal import is_personal_number, mask, masked_text, without_personal_numbers
from ohdesk.errors import Problem, ProblemsError
from ohdesk.forms.roll import roll_definition
from ohdesk.i18n import tr
from ohdesk.services.context import Context
from ohdesk.services.numbers import numbers
from ohdesk.services.roll.asked import word_problem

# A word of the roll like 在业, the same in every language: tags are stored, sent, and found by their spelling.
CODE_IN_DOUBT = "信用代码待核"
_LOCAL_ID = "{division}-{serial:04}"
_SHOWN = 40  # characters of a value that is none


def checked(fields: dict[str, str]) -> dict[str, str]:
    """Return values that may stand on the roll, cleaned. Raises ProblemsError naming every one that may not."""
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for key, raw in fields.items():
        if key not in FIELD_BY_KEY:
            problems.append(Problem(key, tr("名录中的字段"), tr("没有这个字段"), ", ".join(FIELD_BY_KEY)))
            continue
        field = FIELD_BY_KEY[key]
        value = values[key] = clean_text(raw).strip()
        try:
            read_value(field, value)
        except ValueError:
            remedy = tr("请只填数字。") if field.kind == "count" else ""
            problems.append(
                Problem(tr(field.heading), expected_text(field), value[:_SHOWN], remedy, key, example(field))
            )
        most = roll_definition().by_key[key].most or field.most
        if field.kind == "text" and len(value) > most:
            expected, found = tr("不超过 {count} 个字", count=most), tr("{count} 个字", count=len(value))
            problems.append(Problem(tr(field.heading), expected, found, field=key))
        if problem := word_problem(key, value):
            problems.append(problem)
        if key == "uscc" and value:
            values[key] = value = value.upper()
        if key == "industry_code":
            values[key] = value = one_code(value)
        if masked := _personal_numbers(key, value):
            remedy = tr("名录不收公民身份号码（身份证号），请删去。")
            problems.append(Problem(tr(field.heading), tr("没有公民身份号码"), masked, remedy, field=key))
    if problems:
        raise ProblemsError(tr("有 {count} 处不能保存。", count=len(problems)), tuple(problems))
    return values


def warnings(fields: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what should be looked at in checked values that are taken all the same."""
    return (*_code_in_doubt(fields), *_industry_in_doubt(fields))


def _code_in_doubt(fields: Mapping[str, str]) -> tuple[Problem, ...]:
    code = fields.get("uscc", "").upper()
    if not code or uscc_is_right(code):
        return ()
    remedy = tr("可以保存，并标为“信用代码待核”；请对照营业执照，暂缺时请留空。")
    field = FIELD_BY_KEY["uscc"]
    return (Problem(tr(field.heading), _right_code(code), code, remedy, field.key),)


def _industry_in_doubt(fields: Mapping[str, str]) -> tuple[Problem, ...]:
    code = fields.get("industry_code", "")
    if not code or is_code(code):
        return ()
    expected, remedy = tr("GB/T 4754-2017 的代码"), tr("可以保存，但归不进重点行业；字母和数字要是同一门类。")
    field = FIELD_BY_KEY["industry_code"]
    return (Problem(tr(field.heading), expected, code, remedy, field.key, "C3071"),)


def with_code_tag(fields: Mapping[str, str], held: str) -> dict[str, str]:
    """Return checked values with the tag of a code in doubt set or taken away, as the code that is written asks.

    held: the tags of the entry
    """
    if "uscc" not in fields:
        return dict(fields)
    tags = [tag for tag in fields.get("tags", held).split("、") if tag and tag != CODE_IN_DOUBT]
    return {**fields, "tags": "、".join([*tags, *([CODE_IN_DOUBT] if _code_in_doubt(fields) else [])])}


def values_of(texts: Mapping[str, str]) -> dict[str, Value]:
    """Return what checked texts say, as an operation carries it."""
    return {key: read_value(WRITTEN_BY_KEY[key], text) for key, text in texts.items()}


def with_state(fields: Mapping[str, str]) -> dict[str, str]:
    """Return texts with which a state that is written without its day and proof clears those of the one before."""
    without = {"status_on": "", "status_proof": "", STATUS_FILE.key: ""}
    return {**without, **fields} if "status" in fields else dict(fields)


def entry_written(
    record: str, fields: Mapping[str, Value], reason: str, source: Source = "hand"
) -> EstablishmentWritten:
    """Return the write of an entry, with the file that it names: whoever gets the write may hold none of it."""
    file = fields.get(STATUS_FILE.key)
    blobs = (str(file),) if file else ()
    return EstablishmentWritten(record=record, fields=dict(fields), reason=reason, source=source, blobs=blobs)


def usual_fields(ctx: Context) -> dict[str, str]:
    """Return what nearly every new entry has; what is typed or listed goes before it."""
    status = {"status": IN_BUSINESS}
    return status if is_county(ctx.office.division) else {"town": ctx.office.division, **status}


def refuse_same_code(session: Session, uscc: str, own: str) -> None:
    """Raise ProblemsError when another entry than `own` has this credit code."""
    if not uscc:
        return
    same = select(Establishment.name).where(
        Establishment.uscc == uscc, Establishment.id != own, Establishment.withdrawn.is_(False)
    )
    other = session.scalars(same).first()
    if other is not None:
        remedy = tr("信用代码 {uscc} 已用于“{name}”，请打开那一家核对，不要重复新增。", uscc=uscc, name=other)
        raise ProblemsError(tr("单位没有保存。"), (Problem(tr("统一社会信用代码"), "", uscc, remedy, "uscc"),))


def local_numbers(ctx: Context, session: Session) -> Iterator[str]:
    """Return unused local numbers for entries without a credit code, "000000101-0001" and on."""
    return numbers(ctx, session, _LOCAL_ID, legal_day(ctx.now()), Establishment.local_id)


def is_proposal(ctx: Context, establishment: str, town: str, fields: Mapping[str, Value]) -> bool:
    """True when writing these fields of an entry of this `town` would only propose them to the county."""
    here = ctx.office.division
    after = fields.get("town", town)
    return not is_county(here) and not (owns(establishment, here, town) and owns(establishment, here, after))


def with_move(
    ctx: Context, session: Session, row: Establishment | None, fields: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the fields that the county writes, with all that shows where it gives an entry to another town."""
    if row is None or not _moves(ctx, row, fields):
        return dict(fields)
    return whole_entry(session, row) | {TRANSFER_TO.key: ""} | dict(fields)


def whole_entry(session: Session, row: Establishment) -> dict[str, Value]:
    """Return all that shows of an entry, for another town, which holds nothing of what the one before wrote.

    What is empty as well, where somebody emptied it: an office lists what it wrote itself and nobody wrote since.
    """
    shown = {field.key: value_text(getattr(row, field.key)) for field in FIELDS}
    heads = session.scalars(select(EstablishmentHead.fields).where(EstablishmentHead.establishment == row.id))
    written = {key for fields in heads for key in fields}
    others: dict[str, Value] = {
        WITHDRAWN.key: False,
        MERGED_INTO.key: _merged_into(session, row.id),
        TRANSFER_TO.key: row.transfer_to,
        STATUS_FILE.key: row.status_file,
        KEPT.key: as_pairs(row.kept),
    }
    fields = values_of({key: text for key, text in shown.items() if text or key in written})
    return fields | {key: value for key, value in others.items() if key in written}


def along(
    ctx: Context, session: Session, row: Establishment | None, fields: Mapping[str, Value], reason: str, source: Source
) -> list[EstablishmentWritten]:
    """Return what the county writes besides where it gives an entry to another town: what was merged into it goes too.

    Else the merging would be the word of a town whose entry the other is no more, and the employer there twice.
    """
    if row is None or not _moves(ctx, row, fields):
        return []
    merged = select(Establishment).join(Merged, Merged.establishment == Establishment.id).where(Merged.into == row.id)
    found = []
    for each in session.scalars(merged.order_by(Establishment.id)).all():
        whole = whole_entry(session, each) | {"town": fields["town"], MERGED_INTO.key: row.id}
        found.append(entry_written(each.id, whole, reason, source))
    return found


def _moves(ctx: Context, row: Establishment, fields: Mapping[str, Value]) -> bool:
    return is_county(ctx.office.division) and fields.get("town", row.town) != row.town


def _merged_into(session: Session, establishment: str) -> str:
    merged = session.get(Merged, establishment)
    return merged.other if merged else ""


def by_who_decides(
    ctx: Context, session: Session, row: Establishment, fields: dict[str, Value]
) -> list[dict[str, Value]]:
    """Return the fields in one piece; a move to another town apart from the rest: about that the county decides."""
    moved, rest = {"town": fields.get("town", row.town)}, {key: each for key, each in fields.items() if key != "town"}
    if rest and is_proposal(ctx, row.id, row.town, fields) and not is_proposal(ctx, row.id, row.town, rest):
        return [rest, moved]
    return [with_move(ctx, session, row, fields)]


def said_text(session: Session, key: str, value: Value) -> str:
    """Return a value as people read it: of another entry its name, where it is held here."""
    if key == MERGED_INTO.key and value:
        return session.scalar(select(Establishment.name).where(Establishment.id == value)) or str(value)
    return value_text(value)


def _personal_numbers(key: str, value: str) -> str:
    """Return a value with personal identity numbers in it, these masked; "" for one without."""
    if key in {"uscc", "registration"}:
        return mask(value.upper()) if is_personal_number(value.upper()) else ""
    return masked_text(value) if without_personal_numbers(value)[1] else ""


def _right_code(code: str) -> str:
    """Say what a credit code should be: for 18 possible characters, which the last one would be."""
    if not is_uscc(code):
        return tr("18 位且校验码正确")
    # Helps to find the digit that was misread; it is only said, never put in by itself.
    return tr("18 位，前 17 位无误时末位为 {character}", character=uscc_check_character(code[:17]))
