"""The books shipped: all of them are read, said in both languages, and promise no term that nobody has looked up."""

import re

import pytest

from ohdesk.domain.register.definition import Definition, Kind, Length, Words
from ohdesk.forms.papers import papers_of, set_ids
from ohdesk.forms.registers import definition, definition_ids, registers

BOOKS = [
    "activities",
    "archive",
    "blank_papers",
    "campaigns",
    "case_leads",
    "complaints",
    "county_papers",
    "credit",
    "declarations",
    "demerits",
    "dose",
    "equipment",
    "exams",
    "firm_training",
    "hand_over",
    "incoming_tasks",
    "media",
    "new_cases",
    "number_blocks",
    "officer_training",
    "orders",
    "papers",
    "patrols",
    "posts",
    "random_check_items",
    "reports_of_assistants",
    "results",
    "risk_assessments",
    "seals",
    "service",
    "service_visits",
    "support",
    "taken_out",
    "technical_help",
    "tests",
    "typed_in",
    "urgent_reports",
    "visit_caps",
    "workplaces",
    "yearly_plan",
]
BY_THE_PROGRAM = {"typed_in", "taken_out"}
NOT_BY_HAND = {"typed_in", "papers", "random_check_items", *BY_THE_PROGRAM}
# What never leaves the laptop: who complained, which papers came in, seals and the office's own keeping.
STAY = {"typed_in", "complaints", "incoming_tasks", "seals", "blank_papers", "media", "archive", "taken_out"}


def said(book: Definition) -> list[tuple[str, object]]:
    """Return each thing that a book says in words, with its place."""
    words: list[tuple[str, object]] = [("title", book.title)]
    for field in book.fields:
        words.append((field.key, field.label))
        words += [(f"{field.key} help", field.help)] if field.help else []
        if "hazard" not in field.key and field.key != "missed":  # hazards have no English names
            words += [(f"{field.key} {key}", word) for key, word in field.choices]
    words += [(state.key, state.label) for state in book.states]
    words += [(f"due {due.field or due.from_}", due.label) for due in book.dues]
    words += [(view.key, view.title) for view in book.listing.views]
    return words


def test_every_book_is_read_without_a_fault():
    books, problems = registers()
    assert problems == ()
    assert sorted(BOOKS) == [book.id for book in books] == list(definition_ids())


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_is_said_in_both_languages(name):
    for place, words in said(definition(name)):
        assert isinstance(words, Words), place
        assert words.zh, place
        assert words.en, place
        assert re.match("[A-Za-z0-9]", words.en), place  # what is quoted in it may be Chinese


@pytest.mark.parametrize("name", BOOKS)
def test_a_book_says_where_it_comes_from_and_what_its_list_shows(name):
    book = definition(name)
    assert book.source
    assert book.version
    assert book.listing.columns
    if name not in BY_THE_PROGRAM:
        assert book.field("note").kind is Kind.NOTE
        assert book.field("files").kind is Kind.FILES
    assert book.travels == "no" if name in STAY else book.travels != "no"
    assert book.read_only == (name in NOT_BY_HAND)


@pytest.mark.parametrize("name", BOOKS)
def test_a_term_that_nobody_has_looked_up_is_typed_and_not_counted(name):
    for due in definition(name).dues:
        assert due.basis
        if due.unconfirmed:
            assert due.field
            assert not due.from_


def test_what_tells_of_a_complainant_is_private():
    book = definition("complaints")
    assert {field.key for field in book.fields if field.private} == {"complainant", "contact", "confidential", "reply"}


def test_books_about_the_health_of_workers_hold_counts_and_no_person():
    for name in ("exams", "dose", "new_cases"):
        assert not [field for field in definition(name).fields if field.kind is Kind.PERSON]


def test_terms_are_those_of_the_laws():
    _, decision = definition("case_leads").dues
    assert (decision.from_, decision.days) == ("filed_on", 90)
    (declaration,) = definition("declarations").dues
    fifteen = dict.fromkeys(("technique", "place", "result", "closing"), Length(days=15))
    assert declaration.lengths == {"project": Length(days=30), **fifteen}
    (test,) = definition("tests").dues
    yearly, three = Length(years=1), Length(years=3)
    assert test.lengths == {"severe_test": yearly, "severe_evaluation": three, "general_test": three}
    (dose,) = definition("dose").dues
    assert (dose.from_, dose.days) == ("to", 90)
    assert [due.working_days for due in definition("yearly_plan").dues] == [0, 20]
    assert [due.days for due in definition("service").dues] == [7]


@pytest.mark.parametrize("name", BOOKS)
def test_what_a_view_filters_or_sorts_by_is_indexed(name):
    book = definition(name)
    asked = {key for view in book.listing.views for key in (view.sort, *view.where)} & book.by_key.keys()
    assert [key for key in asked if not book.field(key).indexed] == []


def test_every_paper_with_numbers_may_have_a_block():
    numbered = {key: each.form.title for name in set_ids() for key, each in papers_of(name).items() if each.form.series}
    (listed,) = (field.choices for field in definition("number_blocks").fields if field.key == "paper")
    assert {key: said.zh for key, said in listed if key != "other"} == numbered
