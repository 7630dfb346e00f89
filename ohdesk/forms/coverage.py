"""Which of the subjects that the state wants supervised a checklist covers: `resources/checklists/coverage.toml`."""

from dataclasses import dataclass

import msgspec

from ohdesk.forms.loader import load_form
from ohdesk.paths import resources


class _Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    name_en: str
    sections: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"subjects": "subject"}):
    source: str
    form: str
    subjects: tuple[_Subject, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A subject, and the questions of the employers' checklist that look at it, by their ids."""

    subject: str
    subject_en: str
    form: str
    items: tuple[str, ...]


def coverage() -> tuple[Covered, ...]:
    """Return the subjects in the order of their paper."""
    file = msgspec.toml.decode((resources() / "checklists" / "coverage.toml").read_bytes(), type=_File)
    form = load_form(file.form)
    return tuple(
        Covered(
            each.name,
            each.name_en,
            form.id,
            tuple(question.id for question in form.questions if question.section in each.sections),
        )
        for each in file.subjects
    )
