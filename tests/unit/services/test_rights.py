"""Whoever writes is asked for the right to: one table of roles and rights, and no service that goes around it."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

import ohdesk
from ohdesk.domain.people import Right, Role
from ohdesk.errors import UserError
from ohdesk.forms.rights import is_allowed, read_rights, roles_with
from ohdesk.services.context import may
from ohdesk.services.roll import entries
from ohdesk.services.visit import drafts
from ohdesk.services.visit.drafts import VisitStop

SERVICES = Path(ohdesk.__file__).parent / "services"
MANUAL = Path(ohdesk.__file__).parents[1] / "docs" / "commands.md"
# `ctx.reading` and `ctx.transaction` ask for the right to read by themselves; past them only these go.
PAST_THEM = re.compile(
    r"\b(reading|writing|quick_read|quick_write|first_lines|lines_of)\(ctx\.engine|\bcopy_database\(ctx\.engine"
)
WRITES = re.compile(r"\bctx\.transaction\(\)|\bquick_write\(")
ASKS = re.compile(r"\bctx\.require\(")
ASK_NOBODY = {
    "office/accounts.py: accept": "an account that was reset has no roles before it has chosen a password",
    "office/invitations.py: take_up": "the same; or goes on where that died, while a workspace is being opened",
}

COUNTED_ANEW = {
    "register/due.py: count_due": "what is due is worked out of what is there, whoever looks",
    "register/indexes.py: index_large": "an index says nothing that is not there",
}


def functions(path: Path) -> dict[str, str]:
    """Return the source of every function of a module, by name."""
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {each.name: ast.unparse(each) for each in found if isinstance(each, ast.FunctionDef)}


def makers(name: str, sources: dict[str, str]) -> list[str]:
    """Return the source of what makes the object whose method this is; none for a function of the module."""
    is_method = sources[name].split("(", 1)[1].startswith("self")
    return [sources["__init__"]] if is_method and "__init__" in sources else []


def is_asked(name: str, sources: dict[str, str]) -> bool:
    """True when a function asks, or is a helper of its module that is only called where somebody has asked.

    So does a method of a class that asks when it is made.
    """
    if ASKS.search(sources[name]) or any(ASKS.search(made) for made in makers(name, sources)):
        return True
    callers = [other for other, text in sources.items() if other != name and re.search(rf"\b{name}\b", text)]
    return name.startswith("_") and bool(callers) and all(is_asked(caller, sources) for caller in callers)


def test_no_service_writes_without_asking_for_the_right():
    asked, unasked = found_by(WRITES)
    assert unasked == list(COUNTED_ANEW)
    assert len(asked) > 40  # so that the search itself cannot go blind


def test_no_service_goes_past_what_asks_whether_the_account_has_a_role_at_all(ctx):
    asked, unasked = found_by(PAST_THEM)
    assert unasked == list(ASK_NOBODY)
    assert len(asked) > 4
    nobody = replace(ctx, actor=replace(ctx.actor, roles=frozenset()))
    for opened in (nobody.reading, nobody.transaction):
        with pytest.raises(UserError, match="没有做这一步的权限"), opened():
            pass


def found_by(sought: re.Pattern[str]) -> tuple[list[str], list[str]]:
    """Return the functions of all services in which something occurs: those that ask for a right, and the others."""
    asked, unasked = [], []
    for path in sorted(SERVICES.rglob("*.py")):
        sources = functions(path)
        for name in (name for name, text in sources.items() if sought.search(text)):
            place = f"{path.relative_to(SERVICES).as_posix()}: {name}"
            (asked if is_asked(name, sources) else unasked).append(place)
    return asked, unasked


def test_the_manual_shows_the_table_as_it_is():
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|(.*)\|$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    shown = {right: tuple("✓" in cell for cell in cells.split("|")) for right, cells in rows if right in set(Right)}
    assert shown == {right: tuple(role in roles_with(right) for role in Role) for right in Right}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("roll = [", 'roll = ["mayor", '), "rights"),
        (("roll = [", 'parking = ["inspector"]\nroll = ['), "rights"),
        (('publish = ["supervisor"]', ""), "publish"),
        (("unconfirmed", "confirmed"), "confirmed"),
    ],
)
def test_a_table_that_says_something_unknown_or_too_little_is_refused(change, place):
    text = (Path(ohdesk.__file__).parents[1] / "resources/offices/rights.toml").read_text(encoding="utf-8")
    assert read_rights(text).rights[Right.PUBLISH] == {Role.SUPERVISOR}
    with pytest.raises(msgspec.ValidationError, match=place):
        read_rights(text.replace(*change))


def test_several_roles_may_do_what_any_of_them_may_and_none_may_nothing():
    assert is_allowed(("inspector", "administrator"), Right.ACCOUNT)
    assert not is_allowed(("inspector",), Right.APPROVE)
    assert not any(is_allowed((), right) for right in Right)
    assert not any(is_allowed(("mayor",), right) for right in Right)


def test_an_account_without_a_role_reads_and_writes_nothing(ctx):
    nobody = replace(ctx, actor=replace(ctx.actor, roles=frozenset()))
    with pytest.raises(UserError, match="没有做这一步的权限"):
        entries.list_rows(nobody)
    assert not may(nobody, Right.ROLL)
    with pytest.raises(UserError, match="没有做这一步的权限"):
        entries.add(nobody, {"name": "青溪竹器厂"})
    with pytest.raises(UserError):
        drafts.keep_stop(nobody, VisitStop("", ""))
    assert entries.list_rows(ctx) == []


def test_a_refusal_names_the_roles_that_would_do(ctx):
    inspector = replace(ctx, actor=replace(ctx.actor, roles=frozenset({Role.INSPECTOR})))
    with pytest.raises(UserError) as refused:
        inspector.require(Right.APPROVE)
    assert "负责人" in refused.value.remedy
