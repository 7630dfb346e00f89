"""What is asked of an employer by hand: the fields of the roll with the words that each is filled with here."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import select

from ohdesk.db.models import Peer
from ohdesk.domain.establishment import CLOSED_STATES, FIELD_BY_KEY, IN_BUSINESS
from ohdesk.domain.merge import is_county
from ohdesk.domain.register.definition import Field, Kind
from ohdesk.errors import Problem
from ohdesk.forms.cities import City, key_lists, lists_with
from ohdesk.forms.industries import industry_name
from ohdesk.forms.roll import roll_definition
from ohdesk.forms.roll_choices import field_words, size_by_workers
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context

_FLAG = (mark("是"), mark("否"))
_USES = {"key_industry": "key", "support_industry": "support", "hearing_industry": "hearing"}


def asked_of_employer(city: City | None) -> tuple[Field, ...]:
    """Return the fields of the form, those with words as choices."""
    asked = [each for each in roll_definition().fields if not each.computed]
    return tuple(_with_answers(each) for each in filled_with_words(asked, city))


def filtered_by(ctx: Context, city: City | None) -> tuple[Field, ...]:
    """Return the fields that the roll may be filtered by, those with words as choices; at a county by town, too."""
    fields = filled_with_words(roll_definition().fields, city)
    with ctx.reading() as session:
        # One of a division for each of its laptops.
        towns: dict[str, str] = dict(session.execute(select(Peer.division, Peer.name).order_by(Peer.division)).all())
    if not (towns and is_county(ctx.office.division)):
        return fields
    named = tuple((division, name or division) for division, name in towns.items())
    town = msgspec.structs.replace(roll_definition().by_key["town"], kind=Kind.CHOICE, choices=named)
    return tuple(town if each.key == "town" else each for each in fields)


def filled_with_words(fields: Sequence[Field], city: City | None) -> tuple[Field, ...]:
    """Return fields of the roll, those with words as choices: of lists of key industries those of the city."""
    lists = key_lists(city.code) if city else ()
    listed = {
        key: tuple(industry.name for each in lists if each.use == use for industry in each.industries)
        for key, use in _USES.items()
    }
    listed["status"] = (IN_BUSINESS, *sorted(CLOSED_STATES))
    return tuple(_with_words(field, listed.get(field.key, ())) for field in fields)


def derived(city: City | None, fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (heading, words) of what follows from the fields of an employer where nobody filled it in."""
    for each, names in lists_with(city.code, fields["industry_code"], fields["hazards"]) if city else ():
        key = next((key for key, use in _USES.items() if use == each.use), "")
        if not (key and fields[key]):
            yield each.title, tr("{words}（按行业代码和危害因素）", words="、".join(names))
    if not fields["industry"] and (name := industry_name(fields["industry_code"])):
        heading = FIELD_BY_KEY["industry"].heading
        yield tr(heading), tr("{industry}（按行业代码）", industry=name)
    if not fields["size"] and (size := size_by_workers(fields["industry_code"], fields["workers"])):
        heading = FIELD_BY_KEY["size"].heading
        yield tr(heading), tr("{size}（按从业人数估）", size=size)


def word_problem(key: str, value: str) -> Problem | None:
    """Return what is wrong with a value of a field that is filled with certain words; None where nothing is."""
    words = field_words().get(key)
    if words is None or not value:
        return None
    heading = tr(FIELD_BY_KEY[key].heading)
    if words.strict and value not in words.words:
        return Problem(heading, " / ".join(words.words), value, field=key, example=words.words[0])
    if words.pattern and not re.fullmatch(words.pattern, value):
        return Problem(heading, tr("形如 {example}", example=words.example), value, field=key, example=words.example)
    return None


def _with_words(field: Field, listed: tuple[str, ...]) -> Field:
    words = field_words().get(field.key)
    chosen = listed or (words.words if words else ())
    if chosen:
        return _choice(field, chosen)
    if words and words.suggested:
        return msgspec.structs.replace(field, help=tr("常用：{words}", words="、".join(words.suggested)))
    return field


def _with_answers(field: Field) -> Field:
    return _choice(field, _FLAG) if field.kind is Kind.YES_NO else field


def _choice(field: Field, words: Sequence[str]) -> Field:
    unfilled = ("", tr("（未填）"))
    return msgspec.structs.replace(field, kind=Kind.CHOICE, choices=(unfilled, *((each, each) for each in words)))
