"""Nothing that travels may be of any size: every text, number and list of every operation has a limit."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from ohdesk.domain.bounds import Bound, problems
from ohdesk.domain.calendar import day_in, instant_in
from ohdesk.domain.operations import (
    KINDS,
    DrawCommitted,
    EntryWritten,
    EstablishmentWritten,
    PersonWritten,
    RecordAmended,
)
from ohdesk.domain.people import PersonRole
from ohdesk.domain.record import LARGEST_PAD, MOST_POINTS, Signer, StrokeSet

RECORD = "019cacb3-f200-7869-bae0-041923b82a72"
# What their own keys bound, and what a whole signature is bounded by.
BOUNDED_BY_KEY = {
    "establishment.written@1.fields.*",
    "establishment.written@1.fields.*.*",
    "establishment.written@1.fields.*.*.*",
    "person.written@1.fields.*",
    "entry.written@1.fields.*",
    "entry.written@1.fields.*.*",
    "entry.written@1.fields.*.*.*",
}


def unbounded(kind, place):
    """Yield the places in a type where a text, a number, bytes or a list may be of any size."""
    bounds = ()
    if get_origin(kind) is Annotated:
        kind, *bounds = get_args(kind)
    bounded = any(isinstance(each, Bound) for each in bounds)
    origin = get_origin(kind)
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        for field in fields(kind):
            yield from unbounded(hints[field.name], f"{place}.{field.name}")
    elif origin in {Union, UnionType}:
        for each in get_args(kind):
            yield from unbounded(each, place)
    elif origin in {tuple, list, dict}:
        if not bounded:
            yield place
        inside = get_args(kind)[-1] if origin is dict else get_args(kind)[0]
        if origin is dict or len(bounds) < 2:
            yield from unbounded(inside, f"{place}.*")
    elif not (bounded or kind in {bool, NoneType} or origin is Literal or issubclass(kind, Enum)):
        yield place


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_text_number_and_list_of_every_operation_has_a_limit(kind):
    assert kind.__dataclass_params__.frozen
    assert set(unbounded(kind, kind.kind)) <= BOUNDED_BY_KEY


def told(operation) -> list[str]:
    return [problem.place for problem in operation.problems()]


def test_what_is_within_bounds_has_no_problem():
    assert told(EstablishmentWritten(record=RECORD, fields={"name": "厂" * 200, "workers": 10_000_000})) == []
    assert (
        told(PersonWritten(record=RECORD, fields={"name": "李旸", "role": PersonRole.INSPECTOR, "leads": True})) == []
    )


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"workers": 10_000_001}, "从业人数"),
        ({"workers": -1}, "从业人数"),
        ({"workers": 9_007_199_254_740_993}, "从业人数"),
        ({"workers": True}, "从业人数"),
        ({"name": "厂" * 201}, "单位名称"),
        ({"note": "厂" * 20_001}, "备注"),
        ({"local_id": "000000-" + "9" * 5000}, "本地编号"),
        ({"tested_on": "1969-12-31"}, "最近检测日期"),
        ({"tested_on": "3000-01-01"}, "最近检测日期"),
        ({"unheard": "of"}, "unheard"),
    ],
)
def test_a_value_of_the_roll_out_of_bounds_is_named_by_its_heading(fields, place):
    assert told(EstablishmentWritten(record=RECORD, fields=fields)) == [place]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "厂" * 20_001},
        {"photos": (("0" * 64, "厂" * 20_001),)},
        {"photos": (("0" * 64, ""),) * 1101},
        {"count": 2**53},
        {"收到日期": "x"},
        {"state": "x" * 41},
        {"establishment": "x"},
        {"opened_on": "昨天"},
        {"withdrawn": 1},
        {"number": "号" * 201},
    ],
)
def test_a_value_of_an_entry_out_of_bounds_is_named(fields):
    assert told(EntryWritten(record=RECORD, register="complaints", fields=fields)) == list(fields)


@pytest.mark.parametrize(
    "fields",
    [{"name": "李" * 201}, {"role": "mayor"}, {"leads": "yes"}, {"certificate_until": "2027-02-30"}, {"x": ""}],
)
def test_a_value_of_a_person_out_of_bounds_is_named(fields):
    assert told(PersonWritten(record=RECORD, fields=fields)) == list(fields)


def test_all_problems_are_told_at_once_with_what_was_found():
    committed = DrawCommitted(record="x", plan="计" * 201, number=0, commit="1", pool_sha256="0" * 64)
    found = list(committed.problems())
    assert [each.place for each in found] == ["record", "plan", "number", "commit"]
    assert [each.found for each in found] == ["x", "201 个字", "0", "1"]
    assert told(RecordAmended(record=RECORD, statement="补" * 20_001, reason="由" * 2001)) == ["statement", "reason"]
    assert told(RecordAmended(record=RECORD, statement="", reason="", blobs=("0" * 64,) * 1101)) == ["blobs"]


def test_strokes_are_those_of_a_pad():
    good = StrokeSet(role=Signer.PARTY, name="陈", width=9000, height=3000, strokes=(((1, 2, 3),),))
    assert list(problems(good)) == []
    for strokes in ((((LARGEST_PAD + 1, 0, 0),),), (((0, 0, -1),),), (((1, 1, 1),) * (MOST_POINTS + 1),)):
        assert [each.place for each in problems(replace(good, strokes=strokes))] == ["strokes"]


def test_days_and_instants_are_those_of_a_thousand_years():
    day = date(1970, 1, 1)
    assert day_in("1969-12-31") is None
    assert instant_in("1969-12-31T23:59:59Z") is None
    assert day_in(day.isoformat()) == day
    assert day_in("2999-12-31") == date(3000, 1, 1) - timedelta(days=1)
    assert instant_in("2999-12-31T23:59:59Z") is not None
    assert instant_in("3000-01-01T00:00:00Z") is None
    assert day_in("2026-02-29") is None


def test_what_has_no_limit_in_it_is_not_looked_at():
    value: Any = 7
    assert list(problems(value)) == []
