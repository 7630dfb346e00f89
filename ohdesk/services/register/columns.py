"""What the columns of a list may go into, as a book calls it, and what a person says of them."""

from collections.abc import Sequence

from ohdesk.domain.book_list.mapping import CODE, ID, Target, key_by_name, targets
from ohdesk.domain.list_columns import assigned
from ohdesk.domain.provenance import Provenance, said
from ohdesk.domain.register.definition import Definition, word
from ohdesk.errors import UserError
from ohdesk.forms.list_sources import sources_of
from ohdesk.i18n import tr
from ohdesk.services.register.cells import title_of
from ohdesk.services.register.conditions import OF_ENTRY
from ohdesk.services.workbook.wordings import roll_words


def chosen_columns(definition: Definition, assignments: Sequence[str]) -> dict[str, str]:
    """Return heading or column letters → key for texts like "B=收到日期"; nothing behind the sign leaves a column out.

    Raises UserError for a text that is no assignment, or a field that does not exist.
    """
    return assigned(assignments, key_by_name(takes(definition)), field_choices(definition))


def called(definition: Definition, key: str) -> str:
    """Return what a column goes into, in words."""
    return next((_title(definition, each) for each in book_targets(definition) if each.key == key), key)


def field_choices(definition: Definition) -> list[tuple[str, str]]:
    """Return what a column may go into: keys, and what they are called."""
    return [(each.key, _title(definition, each)) for each in takes(definition)]


def provenance_of(register: str, source: str, listed_on: str, report_no: str) -> Provenance:
    """Return what a person says of where a list is from.

    Raises UserError for a system whose lists do not come into the book, ProblemsError for a day or number that is none.
    """
    known = {each.id: word(each.title) for each in sources_of(register)}
    if source and source not in known:
        there = "、".join(f"{title}（{key}）" for key, title in known.items())
        raise UserError(
            tr("这本登记簿没有来自“{source}”的名单。", source=source[:40]),
            tr("可用：{there}。", there=there or tr("没有")),
        )
    return said(source, listed_on, report_no)


def takes(definition: Definition) -> list[Target]:
    """Return what a column may go into, as headings name it."""
    return [each for each in book_targets(definition) if not each.why]


def book_targets(definition: Definition) -> list[Target]:
    """Return what the columns of a list may go into."""
    words = {each.key: tuple(each.exact) for each in roll_words().fields}
    of_entry = {key: (tr(said), said) for key, said in OF_ENTRY.items()}
    of_systems = {key: several for source in sources_of(definition.id) for key, several in source.columns.items()}
    return targets(definition, of_entry, {**of_systems, "establishment": words["name"], CODE: words["uscc"]})


def _title(definition: Definition, target: Target) -> str:
    if target.field:
        return word(target.field.label)
    own = {ID: tr("登记标识"), CODE: tr("统一社会信用代码")}
    return own[target.key] if target.key in own else title_of(definition, target.key)
