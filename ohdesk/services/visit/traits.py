"""What is known of an employer that decides which questions are put to it."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ohdesk.db.models import Entry, Establishment
from ohdesk.db.queries.roll import together
from ohdesk.forms.answers import Answer
from ohdesk.forms.applicability import Trait, Traits, not_applying
from ohdesk.forms.definition import Form

_POSTS = "posts"
_BETWEEN = "、"  # hazards of an entry of the roll


def falling_away(session: Session, form: Form, establishment: str, answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return why questions of a form are not put to an establishment, by their ids, within an open session."""
    if not form.conditional:
        return {}
    return not_applying(form, traits_of(session, establishment), answers)


def traits_of(session: Session, establishment: str) -> Traits:
    """Return what roll and books say of an establishment; what they do not say is not there."""
    row = session.get_one(Establishment, establishment)
    posts = session.scalars(
        select(func.json_extract(Entry.values, "$.title")).where(
            Entry.register == _POSTS, together(Entry.establishment, establishment), Entry.withdrawn.is_(False)
        )
    )
    known: dict[str, frozenset[str]] = {
        Trait.KIND: frozenset({row.kind}),
        Trait.SIZE: frozenset({row.size}),
        Trait.GRADE: frozenset({row.hazard_grade}),
        Trait.HAZARD: _hazards(row.hazards),
        Trait.POST: frozenset(posts),
    }
    return {trait: values for trait, each in known.items() if (values := each - {"", None})}


def _hazards(text: str) -> frozenset[str]:
    """Return hazards with all they are called by, and their classes; nothing where one of them is not known by name.

    What it may be nobody can tell, and no question falls away by half of a list.
    """
    from ohdesk.forms.hazards import hazards  # late: they are much to read, and few forms ask

    found = set()
    for name in filter(None, (each.strip() for each in text.split(_BETWEEN))):
        named = hazards().find(name)
        if not named:
            return frozenset()
        found |= {name, *(hazard.name for hazard in named), *(hazard.hazard_class.said for hazard in named)}
    return frozenset(found)
