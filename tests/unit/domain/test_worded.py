"""A state or a role is stored by its code, found by it, and shown by its word."""

import json

import msgspec
import pytest

from ohdesk.domain.draw.state import DrawState
from ohdesk.domain.facts import Verdict
from ohdesk.domain.people import OfficeRole, PersonRole, Role
from ohdesk.domain.rectification import Standing
from ohdesk.domain.visit import VisitState
from ohdesk.i18n import SOURCE_LANGUAGE, set_language

KINDS = (OfficeRole, PersonRole, Role, VisitState, DrawState, Standing, Verdict)


@pytest.mark.parametrize("kind", KINDS)
def test_a_member_is_its_code_in_a_file_and_found_again(kind):
    for member in kind:
        assert json.loads(json.dumps(member)) == member.value == str(member)
        assert msgspec.convert(member.value, kind) is kind(member.value) is member


def test_the_word_is_said_in_the_language_of_the_moment():
    assert VisitState.OPEN.word == "检查中"
    set_language("en")
    try:
        assert VisitState.OPEN.word not in {"检查中", "open"}
    finally:
        set_language(SOURCE_LANGUAGE)


@pytest.mark.parametrize("kind", KINDS)
def test_two_members_of_a_kind_never_share_a_word(kind):
    assert len({member.said for member in kind}) == len(kind)
