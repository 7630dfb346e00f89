"""A checklist as the files it is read from: what `loader.read_form` gives, written back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from ohdesk.forms.definition import Form, FormHead, Question, QuestionEntry
from ohdesk.forms.loader import HEAD, read_raw

_TABLES = ("field", "column")  # lists of tables that stand behind everything else of theirs


def raw_question(question: Question) -> dict[str, Any]:
    """Return a question as its file has it: keys that have their default are left out."""
    kept = {name: getattr(question, name) for name in QuestionEntry.__struct_fields__}
    raw: dict[str, Any] = _listed(msgspec.to_builtins(QuestionEntry(**kept), builtin_types=(date,)))
    return raw


def raw_head(form: Form) -> dict[str, Any]:
    """Return what a form says of itself as its file has it."""
    kept = {name: getattr(form, name) for name in FormHead.__struct_fields__}
    raw: dict[str, Any] = _listed(msgspec.to_builtins(FormHead(**kept), builtin_types=(date,)))
    return raw


def in_order(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question with its keys in the order of the files."""
    order = [each.encode_name for each in msgspec.structs.fields(QuestionEntry)]
    return {key: raw[key] for key in order if key in raw}


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _listed(each) for key, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, tuple) else value


def section_files(folder: Path, form_id: str) -> dict[str, str]:
    """Return in which file of a form's folder each of its sections stands."""
    return {each["id"]: each["file"] for each in read_raw(folder, f"{form_id}/{HEAD}").get("section", [])}


def files_of(
    head: Mapping[str, Any],
    sections: Sequence[Mapping[str, Any]],
    questions: Sequence[tuple[str, Mapping[str, Any]]],
    names: Mapping[str, str],
) -> dict[str, str]:
    """Return the files of a form by name: its head, and one for each section.

    sections: id, title, title_en · questions: each with the id of its section · names: of the files, by section
    """
    listed = [{**each, "file": names.get(each["id"], f"{each['id'].lower()}.toml")} for each in sections]
    files = {HEAD: "\n".join([*_lines(head), *_tables("section", listed)]) + "\n"}
    for each in listed:
        own = {"form": head["id"], "version": head["version"], "section": each["id"]}
        asked = [question for section, question in questions if section == each["id"]]
        files[each["file"]] = "\n".join([*_lines(own), *_tables("question", asked)]) + "\n"
    return files


def _tables(name: str, tables: list[Any]) -> Iterator[str]:
    for table in tables:
        yield ""
        yield f"[[{name}]]"
        yield from _lines({key: value for key, value in table.items() if key not in _TABLES})
        for inner in _TABLES:
            yield from _tables(f"{name}.{inner}", table.get(inner, []))


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        written = _value(value)
        # As the shipped files have it: one citation a line.
        if isinstance(value, list) and len(value) > 1 and isinstance(value[0], Mapping):
            written = "".join(["[\n", *(f"    {_value(each)},\n" for each in value), "]"])
        yield f"{_key(key)} = {written}"


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and key.isascii() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        # The escapes of JSON are escapes of TOML as well.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    return "[" + ", ".join(_value(each) for each in value) + "]"
