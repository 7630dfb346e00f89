"""Fields of a definition as a form asks them, and which of them are asked for at the values of others."""

from collections.abc import Sequence

import msgspec

from ohdesk.domain.register.definition import Field, Kind, word
from ohdesk.domain.register.values import is_shown, problem_of, read_value
from ohdesk.i18n import mark, tr
from ohdesk.ui.kit.form import Form

NONE = ("", mark("（未填）"))


def as_typed(field: Field) -> Field:
    """Return a field as the form asks it: what may be left open can be chosen so, what stays here says it."""
    choices: tuple[tuple[str, object], ...] = field.choices
    kind = field.kind
    if kind is Kind.YES_NO:
        kind, choices = Kind.CHOICE, (("是", mark("是")), ("否", mark("否")))
    if kind in {Kind.CHOICE, Kind.PERSON}:
        kind = Kind.CHOICE
        choices = choices if field.required and choices else (NONE, *choices)
    said = word(field.label)
    label = f"{said}（{field.unit}）" if field.unit else said
    notes = [word(field.help), tr("只留本机，不上报。") if field.private else ""]
    return msgspec.structs.replace(
        field,
        label=label,
        kind=kind,
        choices=choices,
        help=" ".join(filter(None, notes)),
        most=0 if field.kind not in {Kind.TEXT, Kind.NOTE} else field.most,
    )


def show_asked(form: Form, fields: Sequence[Field]) -> None:
    """Ask only for the fields that are wanted at the values of others."""
    values = {}
    for field in fields:
        if field.key in form.fields and not problem_of(field, form.value(field.key)):
            values[field.key] = read_value(field, form.value(field.key))
    for field in fields:
        if field.shown_when and field.key in form.fields:
            form.want(field.key, wanted=is_shown(field, values))
