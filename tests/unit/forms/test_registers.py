"""A book is what its file says; a file with a fault is refused with every place named."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.domain.register.definition import Definition, Kind, Length, Words
from ohdesk.domain.register.text_patterns import pattern_fault
from ohdesk.errors import Problem, ProblemsError
from ohdesk.forms.registers import LARGEST, definition, read_definition, read_folder

COMPLAINTS = """
id = "complaints"
version = "2026.1"
title.zh = "投诉举报登记簿"
title.en = "Complaints"
about = "establishment"        # establishment | person | nothing
about_required = false
travels = "no"
number = "投〔{year}〕{serial:03}"
source = "镇街办理规程"

[[field]]
key = "received_on"
label.zh = "收到日期"
label.en = "Received"
kind = "day"
required = true
default = "today"

[[field]]
key = "way"
label = "来源"
kind = "choice"
choices = ["来电", "来信", { key = "hotline", zh = "12345工单", en = "Hotline 12345" }]

[[field]]
key = "complainant"
label.zh = "举报人"
kind = "text"
private = true
pattern = '\\d{4}-[A-Z]+'
shown_when = { way = "来电" }

[[field]]
key = "summary"
label = "内容"
kind = "note"
most = 500

[[field]]
key = "persons"
label = "人数"
kind = "count"
least = 1
most = 90

[[field]]
key = "reply_by"
label = "办结期限"
kind = "day"
indexed = true

[[field]]
key = "replied_on"
label = "答复日期"
kind = "day"

[[field]]
key = "reply"
label = "答复"
kind = "note"

[[field]]
key = "hazard"
label = "因素"
kind = "choices"
choices_from = "hazards"

[[field]]
key = "visit"
label = "核查"
kind = "entry"
of = "visit"

[[state]]
key = "open"
label.zh = "办理中"
to = ["answered", "transferred"]

[[state]]
key = "answered"
label = "已答复"
needs = ["replied_on", "reply"]

[[state]]
key = "transferred"
label = "已转办"

[[due]]
field = "reply_by"
from = "received_on"
by = "way"
until = ["answered", "transferred"]
[due.lengths]
"来电" = { days = 15 }
"来信" = { working_days = 30 }
hotline = { months = 1 }

[list]
columns = ["number", "received_on", "establishment", "summary", "state", "due_on"]
[[list.view]]
key = "due_soon"
title = "即将到期"
where = { way = "来信", state = "open" }
sort = "due_on"
due_within = 7
conditions = [{ key = "received_on", how = "after", value = "today", months = -3 }]

[workbook]
layout = ["number", "received_on", "summary"]
headings = { summary = "反映内容" }
"""


def read(text: str, file: str = "complaints.toml") -> Definition:
    return read_definition(text.encode(), file)


def faults(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsError) as refused:
        read(text)
    return refused.value.problems


def test_a_book_is_what_its_file_says():
    book = read(COMPLAINTS)
    assert (book.id, book.title, book.travels) == ("complaints", Words("投诉举报登记簿", "Complaints"), "no")
    assert [field.key for field in book.fields[:3]] == ["received_on", "way", "complainant"]
    assert book.field("complainant").private
    assert [state.key for state in book.states] == ["open", "answered", "transferred"]
    assert book.states[1].needs == ("replied_on", "reply")
    assert dict(book.dues[0].lengths)["来信"] == Length(working_days=30)
    assert book.listing.columns[-1] == "due_on"
    assert book.listing.views[0].due_within == 7
    assert book.workbook.headings == {"summary": "反映内容"}


def test_choices_are_plain_words_tables_or_a_list_of_the_program():
    book = read(COMPLAINTS)
    assert book.field("way").choices == (
        ("来电", Words("来电")),
        ("来信", Words("来信")),
        ("hotline", Words("12345工单", "Hotline 12345")),
    )
    assert "1,2-二氯乙烷" in dict(book.field("hazard").choices)


def test_a_file_of_windows_with_a_mark_at_its_start_is_read():
    text = "\ufeff" + COMPLAINTS.replace("\n", "\r\n")
    assert read_definition(text.encode(), "complaints.toml").title == Words("投诉举报登记簿", "Complaints")


def test_the_example_of_the_how_to_can_be_used():
    text = (Path(__file__).parents[3] / "docs" / "howto" / "add-a-register.md").read_text(encoding="utf-8")
    example = "".join(re.findall(r"```toml\n(.*?)```", text, re.DOTALL))
    days = ("scrapped_on", "change_by", "bought_on", "changed_on")
    fields = "".join(f'[[field]]\nkey = "{key}"\nlabel = "{key}"\nkind = "day"\n' for key in days)
    assert read(f"{example}\n{fields}", "lamps.toml").dues[0].by == "kind"


def test_a_book_that_says_nothing_of_its_list_shows_its_first_fields_in_one():
    columns = re.search(r"columns = .*\n", COMPLAINTS)
    shown = read(COMPLAINTS.replace(columns[0], "")).listing.columns
    fields = ("received_on", "way", "complainant", "persons", "reply_by")
    assert shown == ("number", "establishment", *fields, "state", "due_on")


PLACE = "complaints.toml"
ASKED = f"{PLACE} list.view due_soon conditions received_on"


@pytest.mark.parametrize(
    ("old", "new", "place", "found"),
    [
        ('id = "complaints"', 'id = "other"', f"{PLACE} id", "other"),
        ('version = "2026.1"', "", f"{PLACE} version", "没有"),
        ('title.zh = "投诉举报登记簿"\ntitle.en = "Complaints"', "", PLACE, "没有"),
        ('title.zh = "投诉举报登记簿"', 'title.zh = ""', f"{PLACE} title.zh", "没有"),
        ('title.en = "Complaints"', 'title.fr = "Plaintes"', f"{PLACE} title fr", "fr"),
        ('travels = "no"', 'travels = "maybe"', f"{PLACE} travels", "maybe"),
        ('travels = "no"', "colour = 1", f"{PLACE} colour", "colour"),
        ('about = "establishment" ', 'about = "house" ', f"{PLACE} about", "house"),
        ("{serial:03}", "{serial", f"{PLACE} number", "投〔〕{serial"),
        ("{serial:03}", "{series}", f"{PLACE} number", "{series}"),
        ("{serial:03}", "{serial}7", f"{PLACE} number", "{serial}7"),
        ('kind = "day"\nrequired', 'kind = "moon"\nrequired', f"{PLACE} field received_on kind", "moon"),
        ('kind = "text"', 'kind = "password"', f"{PLACE} field complainant kind", "password"),
        ('key = "way"', 'key = "received_on"', f"{PLACE} field", "received_on"),
        ('key = "persons"', 'key = "Persons"', f"{PLACE} field Persons key", "Persons"),
        ('key = "persons"', 'key = "state"', f"{PLACE} field state key", "state"),
        ('key = "persons"\n', "", f"{PLACE} field #5", "没有"),
        ('label = "人数"\n', "", f"{PLACE} field persons", "没有"),
        ('label = "人数"', 'label = "内容"', f"{PLACE} field label", "内容"),
        ('label = "人数"', 'label = "人\\n数"', f"{PLACE} field persons label.zh", "'\\u4eba\\n\\u6570'"),
        ("least = 1", "least = 91", f"{PLACE} field persons least", "91"),
        ("least = 1", 'unit = ""\nlowest = 1', f"{PLACE} field persons lowest", "lowest"),
        ("most = 90", "most = true", f"{PLACE} field persons most", "True"),
        ("most = 90", 'of = "visit"', f"{PLACE} field persons of", 'kind = "count"'),
        ('default = "today"', 'default = "tomorrow"', f"{PLACE} field received_on default", "tomorrow"),
        ("pattern = '\\d{4}-[A-Z]+'", "pattern = '['", f"{PLACE} field complainant pattern", "["),
        ("pattern = '\\d{4}-[A-Z]+'", "pattern = '(a+)+'", f"{PLACE} field complainant pattern", "(a+)+"),
        ("pattern = '\\d{4}-[A-Z]+'", "pattern = '(a|a)*'", f"{PLACE} field complainant pattern", "(a|a)*"),
        ("pattern = '\\d{4}-[A-Z]+'", "pattern = 'a*a*a*b'", f"{PLACE} field complainant pattern", "a*a*a*b"),
        ("pattern = '\\d{4}-[A-Z]+'", "pattern = '(a?){20}'", f"{PLACE} field complainant pattern", "(a?){20}"),
        ("pattern = '\\d{4}-[A-Z]+'", "pattern = '(.)\\1'", f"{PLACE} field complainant pattern", "(.)\\1"),
        ("private = true", 'small_counts = "inside"', f"{PLACE} field complainant small_counts", 'kind = "text"'),
        ("most = 90", 'small_counts = "outside"', f"{PLACE} field persons small_counts", "outside"),
        ("private = true", "most = 201", f"{PLACE} field complainant most", "201"),
        ('{ way = "来电" }', '{ ways = "来电" }', f"{PLACE} field complainant shown_when", "ways"),
        ('{ way = "来电" }', '{ way = "来人" }', f"{PLACE} field complainant shown_when way", "来人"),
        ('choices = ["来电", ', "choices = [", f"{PLACE} due reply_by lengths", "来电"),
        ('choices = ["来电", ', 'choices = ["来 电", ', f"{PLACE} field way choices", "来 电"),
        ('choices = ["来电", ', 'choices = ["来信", ', f"{PLACE} field way choices", "来信"),
        ('choices = ["来电", ', "choices = [7, ", f"{PLACE} field way choices", "7"),
        ('choices_from = "hazards"', "", f"{PLACE} field hazard choices", "没有"),
        ('choices_from = "hazards"', 'choices_from = "x"', f"{PLACE} field hazard choices_from", "x"),
        ('of = "visit"', 'of = "chapter"', f"{PLACE} field visit of", "chapter"),
        (
            '"answered", "transferred"]\n\n[[state]]',
            '"answered", "gone"]\n\n[[state]]',
            f"{PLACE} state open to",
            "gone",
        ),
        ('to = ["answered", "transferred"]', 'to = ["answered"]', f"{PLACE} state transferred", "transferred"),
        ('label = "已转办"', 'label = "已转办"\nto = ["transferred"]', f"{PLACE} state transferred to", "没有尽头"),
        ('needs = ["replied_on", "reply"]', 'needs = ["replies"]', f"{PLACE} state answered needs", "replies"),
        ('field = "reply_by"', 'field = "reply"', f"{PLACE} due reply field", 'reply: kind = "note"'),
        ('field = "reply_by"', 'field = "never"', f"{PLACE} due never field", "never"),
        ('from = "received_on"\n', "", f"{PLACE} due reply_by from", "way"),
        ('by = "way"', 'by = "persons"', f"{PLACE} due reply_by by", 'persons: kind = "count"'),
        ("hotline = { months = 1 }", "", f"{PLACE} due reply_by lengths", "没有"),
        ("hotline = { months = 1 }", "hotline = {}", f"{PLACE} due reply_by lengths hotline", "没有"),
        ("{ months = 1 }", "{ months = 1, days = 2 }", f"{PLACE} due reply_by lengths hotline", "days = 2, months = 1"),
        ("least = 1", 'at_most = "person"', f"{PLACE} field persons at_most", "person"),
        ("least = 1", 'at_most = "summary"', f"{PLACE} field persons at_most", 'kind = "note"'),
        ('until = ["answered"', 'done = ["replied"]\nuntil = ["answered"', f"{PLACE} due reply_by done", "replied"),
        ('until = ["answered", "t', 'until = ["closed", "t', f"{PLACE} due reply_by until", "closed"),
        ('"establishment", "summary"', '"person", "summary"', f"{PLACE} list columns", "person"),
        ('sort = "due_on"', 'sort = "age"', f"{PLACE} list.view due_soon sort", "age"),
        ('way = "来信", state', 'way = "来人", state', f"{PLACE} list.view due_soon where way", "来人"),
        ('state = "open" }', 'state = "shut" }', f"{PLACE} list.view due_soon where state", "shut"),
        ('how = "after"', 'how = "later"', f"{ASKED} how", "later"),
        ('key = "received_on", how', 'key = "got_on", how', f"{PLACE} list.view due_soon conditions", "got_on"),
        ('value = "today", months', 'value = "", months', f"{ASKED} value", None),
        ('value = "today", months', 'value = "2026-13-01", months', f"{ASKED} value", "2026-13-01"),
        ("months = -3 }", "months = -3000 }", ASKED, "93000"),
        ('"after", value = "today", months = -3', '"empty", value = "today"', f"{ASKED} value", "today"),
        ("due_within = 7", "due_within = -1", f"{PLACE} list.view due_soon due_within", "-1"),
        ('layout = ["number", ', 'layout = ["serial", ', f"{PLACE} workbook layout", "serial"),
        ("{ summary =", "{ reply =", f"{PLACE} workbook headings", "reply"),
        ("[workbook]", "[[workbook]]", f"{PLACE} workbook", None),
        ('key = "open"', "key = ", PLACE, None),
    ],
)
def test_each_fault_is_refused_with_its_place(old, new, place, found):
    assert old in COMPLAINTS
    told = [(problem.place, problem.found) for problem in faults(COMPLAINTS.replace(old, new, 1))]
    assert place in [where for where, _ in told]
    assert found is None or (place, found) in told


def test_all_faults_are_named_at_once_with_what_is_expected():
    text = (
        COMPLAINTS.replace('kind = "day"', 'kind = "moon"', 1).replace('label = "人数"\n', "").replace("way =", "y =")
    )
    named = {problem.place: problem.expected for problem in faults(text)}
    assert "day" in named[f"{PLACE} field received_on kind"]
    assert "label" in named[f"{PLACE} field persons"]
    assert f"{PLACE} field complainant shown_when" in named
    assert "password" not in named[f"{PLACE} field received_on kind"]


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (LARGEST + 1),
        b"\xff\xfe",
        b"a = " + b"9" * 10_000,
        b"a = " + b"[" * 50_000,
        b"id = " + b"[" * 20 + b"]" * 20,
        b"a" + b".a" * 50_000 + b" = 1",
        b"field = 1\nstate = 'x'\ndue = [1]\nlist = 2\n",
        b"",
    ],
)
def test_bytes_that_are_no_book_are_refused(data):
    with pytest.raises(ProblemsError) as refused:
        read_definition(data, "complaints.toml")
    assert all(problem.place.startswith("complaints.toml") for problem in refused.value.problems)


def test_more_fields_than_a_form_can_show_are_refused():
    many = "".join(f'[[field]]\nkey = "more{number}"\nlabel = "又"\n' for number in range(150))
    found = faults(COMPLAINTS.replace("[[state]]", f"{many}[[state]]", 1))
    assert (f"{PLACE} field", "160") in [(problem.place, problem.found) for problem in found]


def whole_or_refused(data: bytes) -> bool:
    """True for a book, or for a refusal that names what is wrong."""
    try:
        return isinstance(read_definition(data, "complaints.toml"), Definition)
    except ProblemsError as error:
        return bool(error.problems)


@pytest.mark.parametrize("pattern", ["[[a]", "[a[b]", "[a--b]", "[a&&b]", "[a||b]", "[a~~b]"])
def test_a_pattern_that_another_python_would_read_otherwise_is_refused(pattern):
    assert pattern_fault(pattern)


@given(st.data())
def test_a_file_damaged_anywhere_gives_a_book_or_its_faults(data):
    whole = COMPLAINTS.encode()
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.integers(0, 40))
    put = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"\n", b"=", b'"', b"[[", b"9" * 5000, b"true"]))
    )
    assert whole_or_refused(whole[:start] + put + whole[start + length :])


ODD = (
    "1",
    "-1",
    "true",
    "[]",
    "{}",
    "[[]]",
    "{ a = { b = 1 } }",
    '""',
    '"\\u0000"',
    "1979-05-27",
    "nan",
    "1e400",
    '["a", 1]',
)


@given(st.data())
def test_a_value_of_any_kind_at_any_place_gives_a_book_or_its_faults(data):
    lines = COMPLAINTS.splitlines()
    places = [number for number, line in enumerate(lines) if " = " in line]
    for number in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        key, _, _ = lines[number].partition(" = ")
        lines[number] = f"{key} = {data.draw(st.sampled_from(ODD))}"
    assert whole_or_refused("\n".join(lines).encode())


def test_a_book_with_a_fault_leaves_the_others_of_its_folder(tmp_path):
    (tmp_path / "complaints.toml").write_text(COMPLAINTS, encoding="utf-8")
    (tmp_path / "broken.toml").write_text(COMPLAINTS, encoding="utf-8")
    books, problems = read_folder(tmp_path)
    assert [book.id for book in books] == ["complaints"]
    assert [problem.place for problem in problems] == ["broken.toml id"]


def test_no_book_is_found_by_a_name_that_is_a_path():
    with pytest.raises(LookupError):
        definition("../offices/rights")


def test_every_kind_of_field_but_a_password_can_be_written():
    for kind in Kind:
        text = f'id = "x"\nversion = "1"\ntitle = "簿"\n[[field]]\nkey = "a"\nlabel = "甲"\nkind = "{kind}"\n'
        text += 'choices = ["甲"]\n' if kind in {Kind.CHOICE, Kind.CHOICES} else ""
        if kind is Kind.PASSWORD:
            with pytest.raises(ProblemsError):
                read(text, "x.toml")
        else:
            assert read(text, "x.toml").field("a").kind is kind
