"""Codes are named, never refused."""

import pytest

from ohdesk.services.office import divisions


@pytest.mark.parametrize(
    ("code", "place", "office"),
    [
        ("440705", "江门市新会区", "新会区卫生健康局"),
        ("440705102", "江门市新会区司前镇", "司前镇人民政府"),
        ("440103001", "广州市荔湾区沙面街道", "沙面街道办事处"),
        ("440117404", "广州市从化区黄龙带水库", ""),
    ],
)
def test_a_code_is_named_with_what_is_above_it(code, place, office):
    found = divisions.find_division(code)
    assert (found.place, found.office) == (place, office)


@pytest.mark.parametrize("code", ["", "999999", "999999001", "44", "44070510", "４４０７０５"])
def test_a_code_that_is_not_in_the_list_has_no_name(code):
    assert divisions.find_division(code) is None


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("江门市新会区司前镇人民政府", ("江门市", "新会区", "司前镇", "人民政府")),
        ("司前镇人民政府", ("司前镇", "人民政府")),
        ("新会区司前镇", ("新会区", "司前镇")),
        ("石桥镇人民政府", ("石桥镇人民政府",)),
    ],
)
def test_the_name_of_an_office_is_taken_apart_by_the_divisions_it_stands_in(name, parts):
    assert divisions.name_parts("440705102", name) == parts


def test_a_county_outside_the_list_has_no_towns_to_miss():
    assert divisions.knows_towns_of("440705")
    assert not divisions.knows_towns_of("110101")
