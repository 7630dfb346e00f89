"""The people of an office: who may be drawn and sign (inspectors with a valid certificate), and every kind of role."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from unicodedata import normalize

from ohdesk.domain.bounds import LONGEST_NAME, LONGEST_WORD
from ohdesk.domain.calendar import day_in
from ohdesk.domain.worded import Worded
from ohdesk.errors import Problem
from ohdesk.i18n import mark, tr

TEAM = 2  # 行政处罚法 第四十二条: at least two


def number_key(certificate_no: str) -> str:
    """Return a certificate number (执法证号) as it is compared: width, case, spaces, strokes make no other number."""
    plain = unicodedata.normalize("NFKC", certificate_no).casefold()
    return "".join(filter(str.isalnum, plain)) or plain


class OfficeRole(Worded):
    """Which side of the exchange an office is on: a town inspects and reports, its county gathers and hands down."""

    TOWN = "town", mark("镇街")
    COUNTY = "county", mark("县级")


class PersonRole(Worded):
    """What a person of an office is to an inspection."""

    INSPECTOR = "inspector", mark("执法人员")
    ASSISTANT = "assistant", mark("协管员")
    TECHNICAL_PERSON = "technical_person", mark("技术人员")
    # Not deleted: names stand on signed records and in the trail of who wrote what.
    RETIRED = "retired", mark("已离岗")  # can no longer be drawn, inspect or sign


class Role(Worded):
    """What an account is there for; one person may have all of them."""

    INSPECTOR = "inspector", mark("执法人员")
    SUPERVISOR = "supervisor", mark("负责人")
    COUNTY_CLERK = "county_clerk", mark("县级经办")
    ADMINISTRATOR = "administrator", mark("管理员")


class Right(StrEnum):
    """What an account may be allowed to do; `resources/offices/rights.toml` says which roles are."""

    READ = "read"
    OWN = "own"
    ROLL = "roll"
    REGISTER = "register"
    DEFINE = "define"
    VISIT = "visit"
    APPROVE = "approve"
    RECORD = "record"
    DRAW = "draw"
    VOID = "void"
    PUBLISH = "publish"
    BUNDLE = "bundle"
    BACKUP = "backup"
    OFFICE = "office"
    ACCOUNT = "account"
    TRUST = "trust"
    RESTORE = "restore"
    CERTIFY = "certify"


def one_spelling(name: str) -> str:
    """Return a name as it is compared: the same however wide it was typed, with whatever between its letters."""
    return "".join(filter(str.isalnum, normalize("NFKC", name))).casefold()


_LONGEST = {"name": LONGEST_NAME, "certificate_no": LONGEST_WORD, "unit": LONGEST_NAME}
_SHOWN = 40  # characters of a value that is none


def value_problem(key: str, value: str | bool | None) -> Problem | None:
    """Return what is wrong with a value that is written of a person under a key; None where nothing is."""
    if key in _LONGEST:
        holds = isinstance(value, str) and len(value) <= _LONGEST[key]
        expected = tr("不超过 {most} 个字", most=_LONGEST[key])
    elif key == "role":
        holds, expected = value in set(PersonRole), " / ".join(PersonRole)
    elif key == "leads":
        holds, expected = isinstance(value, bool), "true / false"
    elif key == "certificate_until":
        holds = value is None or (isinstance(value, str) and day_in(value) is not None)
        expected = tr("日期")
    else:
        holds, expected = False, tr("本版本认识的人员字段")
    return None if holds else Problem(key[:_SHOWN], expected, str(value)[:_SHOWN])


@dataclass(frozen=True, slots=True)
class OfficePerson:
    """A person of the office. leads: may take the first seat of a team.

    certificate_until: the last valid day, "2027-12-31"; empty for others than inspectors
    """

    id: str
    name: str
    role: PersonRole
    certificate_no: str
    certificate_until: str
    unit: str
    leads: bool = False


def why_not_inspect(person: OfficePerson, day: date) -> str:
    """Return why a person may not be drawn, inspect or sign on `day`; empty when nothing stands against it."""
    if person.role != PersonRole.INSPECTOR:
        return tr("不是执法人员")
    if not person.certificate_no:
        return tr("没有执法证号")
    if not person.certificate_until:
        return tr("没有登记执法证有效期")
    # Days in this spelling compare as texts do; the last day itself still counts.
    if person.certificate_until < day.isoformat():
        return tr("执法证已于 {day} 到期", day=person.certificate_until)
    return ""


def team_problems(team: Iterable[OfficePerson], day: date) -> list[Problem]:
    """Return what keeps a team from inspecting on `day`: fewer than two, one twice, or one who may not."""
    members = list(team)
    problems = [
        Problem(
            person.name,
            tr("当日有效的执法证"),
            why_not,
            tr("请换由持有效执法证的人员。"),
            field="inspectors",
        )
        for person in members
        if (why_not := why_not_inspect(person, day))
    ]
    count = len({person.id for person in members})
    if count < TEAM:
        found = tr("{count} 名", count=count)
        problems.append(Problem(tr("检查人员"), tr("至少两名执法人员"), found, field="inspectors"))
    return problems + list(_shared_certificates(members))


def _shared_certificates(members: Iterable[OfficePerson]) -> Iterator[Problem]:
    """Yield whose number another member has too: a slip on the list of people, that the record would carry on."""
    holders: dict[str, dict[str, OfficePerson]] = {}
    for person in members:
        if person.certificate_no:
            holders.setdefault(number_key(person.certificate_no), {})[person.id] = person
    for held in holders.values():
        if len(held) > 1:
            names = tr("、").join(person.name for person in held.values())
            number = next(iter(held.values())).certificate_no
            remedy = tr("请在“人员”中核对证号；同一人登记了两次的，请换另一名执法人员。")
            found = tr("{names}都是 {number}", names=names, number=number)
            yield Problem(tr("执法证号"), tr("每人一个不同的证号"), found, remedy, field="inspectors")
