"""What was read from TOML or JSON, taken as a struct of ours: whatever is not understood is named, all at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import EnumType
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from ohdesk.errors import Problem
from ohdesk.i18n import tr

_LONGEST_QUOTE = 80  # characters of what was found
Kind = TypeVar("Kind")


def understood(raw: object, kind: type[Kind], place: str, problems: list[Problem]) -> Kind | None:
    """Return `raw` as a `kind`; None, and every fault added to `problems` with its place, when it is none.

    Days are days already, as TOML reads them; text that looks like one is not taken for it.
    """
    try:
        return _converted(raw, kind)
    except msgspec.ValidationError as error:
        # msgspec stops at the first fault; so that all are named, the fields are asked one by one.
        faults = list(_faults(raw, kind, place)) if isinstance(raw, Mapping) else []
        problems += faults or [_fault(raw, kind, place, error)]
    return None


def _converted(raw: object, kind: type[Kind]) -> Kind:
    return msgspec.convert(raw, kind, builtin_types=(date,))


def _faults(raw: Mapping[str, object], kind: Any, place: str) -> Iterator[Problem]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in fields.items():
        if field.required and name not in raw:
            yield Problem(place, tr("必需的项 {name}", name=name), tr("没有"))
    for name, value in raw.items():
        if name not in fields:
            known = ", ".join(sorted(fields))
            yield Problem(f"{place} {name[:40]}", tr("已知的项：{names}", names=known), name[:_LONGEST_QUOTE])
            continue
        try:
            _converted(value, fields[name].type)
        except msgspec.ValidationError as error:
            yield _fault(value, fields[name].type, f"{place} {name}", error)


def _fault(raw: object, kind: Any, place: str, error: msgspec.ValidationError) -> Problem:
    words = {str: tr("文字"), int: tr("整数"), bool: "true / false", date: tr("日期")}
    expected = words.get(kind, str(error))
    if get_origin(kind) is Literal or isinstance(kind, EnumType):
        expected = " / ".join(get_args(kind) or kind)
    elif get_origin(kind) is tuple and not isinstance(raw, list | tuple):
        expected = tr("一个列表")
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and not isinstance(raw, Mapping):
        expected = tr("一个表")
    return Problem(place, expected, str(raw)[:_LONGEST_QUOTE], example="2026-03-02" if kind is date else "")
