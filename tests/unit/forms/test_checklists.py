"""Every shipped checklist, city table and list of words can be read and says what it must."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ohdesk.forms.answers import Answer, AnswerValue
from ohdesk.forms.coverage import coverage
from ohdesk.forms.definition import AnswerType, DetailField, Form, Question
from ohdesk.forms.loader import form_files, form_ids, forms_for, load_form
from ohdesk.forms.re_inspection import re_inspection_form
from ohdesk.forms.score import scored
from ohdesk.forms.visiting import visit_rules
from ohdesk.i18n import SOURCE_LANGUAGE, in_chinese, set_language, spoken_language
from ohdesk.paths import resources

FILES = form_files().forms
FORMS = form_ids()
GOLDEN = Path(__file__).parents[2] / "golden"
CITIES = sorted((resources() / "cities").glob("*.toml"))


@pytest.fixture(scope="module")
def employer() -> Form:
    return load_form("employer-general")


# Questions of each form, and how many have a citation that nobody has confirmed; changed with the form, on purpose.
ITEMS = {
    "employer-general": (75, 22),
    "employer-hearing": (13, 6),
    "employer-key-systems": (15, 3),
    "employer-off-site": (18, 8),
    "employer-self-check": (73, 22),
    "exam-institution": (11, 9),
    "exam-institution-self-check": (11, 9),
    "hearing-survey": (5, 2),
    "knowledge-quiz": (17, 0),
    "radiology": (13, 11),
    "radiology-self-check": (13, 11),
    "re-inspection": (0, 0),
    "technical-service": (12, 2),
    "technical-service-self-check": (11, 2),
}


def test_no_form_and_no_question_is_missing_and_what_nobody_confirmed_is_marked():
    assert form_files().faults == {}
    counted = {form.id: (len(form.questions), sum(each.unconfirmed for each in form.questions)) for form in FILES}
    assert counted == ITEMS


def compared(question: Question) -> str:
    """A digest of what was compared with the sources: wording, how it is looked at, entries and citations."""
    said = (
        *(question.text, question.how, question.evidence, question.answer_type, question.na_when, question.severity),
        *(f"{field.key} {field.kind} {field.named}" for field in question.fields),
        *(f"{basis.citation} {basis.edition}" for basis in (*question.duty, *question.penalty)),
    )
    return sha256("\n".join(said).encode()).hexdigest()[:12]


def test_every_item_is_there_as_it_was_compared_with_its_source():
    """Each line of the file is an item as it was compared; who changes one compares it again and changes its line."""
    lines = (GOLDEN / "checklist_items.txt").read_text(encoding="utf-8").splitlines()
    known = dict(line.split() for line in lines)
    forms = [load_form(form) for form in ("employer-general", "radiology", "technical-service", "exam-institution")]
    assert [len(form.questions) for form in forms] == [75, 13, 12, 11]
    items = {question.id: question for form in forms for question in form.questions}
    assert {id_: compared(question) for id_, question in items.items()} == known
    assert all(each.duty and each.text_en for each in items.values())


@pytest.mark.parametrize("form", FILES, ids=lambda form: form.id)
def test_every_question_and_every_entry_has_english_words(form):
    words = [text for each in form.questions for text in (each.text_en, *_english(each.fields))]
    assert all(text and not any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in words)
    assert form.title_en
    assert all(section.title_en for section in form.sections)


def _english(fields: Iterable[DetailField]) -> Iterator[str]:
    for field in fields:
        yield field.label_en
        yield from (each.en for each in field.choices)
        yield from _english(field.columns)


# Their articles rest on memory: the law stands on the record, the article does not.
UNCONFIRMED = ("B05", "D04", "R06", "R11", "R12", "T01", "T02", "X06")


@pytest.mark.parametrize("question", [each for form in FILES for each in form.questions], ids=lambda each: each.id)
def test_an_article_that_nobody_confirmed_stands_on_no_record_but_marked_on_the_screen(question):
    printed = "".join(question.printed_duty)
    doubtful = [basis for basis in question.duty if basis.unconfirmed]
    assert "待核" not in printed
    assert not any(basis.article and f"》{basis.article}" in printed for basis in doubtful)
    assert sum("待核" in each for each in question.shown_duty) == len(doubtful)
    if question.id in UNCONFIRMED:
        assert question.printed_duty == (f"《{question.duty[0].law}》",)


def test_what_was_wrong_in_the_forms_is_right(employer):
    by_id = employer.by_id
    assert "100人以下（含100人）" in by_id["A01"].na_when
    assert by_id["E09"].printed_duty == ("《职业病防治法》第二十六条第二款",)
    assert "2025" not in by_id["I02"].text
    assert by_id["I02"].printed_duty == ("《职业病防治法》第三十五条第一款",)
    assert by_id["D03"].penalty[0].unconfirmed
    assert "情节严重" not in visit_rules().outcome("refused").name
    assert visit_rules().outcome(visit_rules().disposal("educate").outcome).name == "发现问题已教育引导"


@pytest.mark.parametrize("form_id", FORMS)
def test_every_form_can_be_read_and_numbers_its_questions(form_id):
    form = load_form(form_id)
    assert [question.number for question in form.questions] == list(range(1, len(form.questions) + 1))
    assert all(question.phrase and question.how and question.duty for question in form.questions)


def test_the_employer_checklist_has_all_core_items(employer):
    assert len(employer.questions) == 75
    assert sum(question.core for question in employer.questions) == 68
    assert sum(question.answer_type is AnswerType.COUNT for question in employer.questions) == 2
    assert employer.by_id["A08"].answer_type is AnswerType.YES_NO


def test_the_twelve_subjects_of_inspection_are_covered(employer):
    assert [section.id for section in employer.sections] == list("ABCDEFGHIJKLMN")
    covered = coverage()
    assert len(covered) == 12
    assert {item for each in covered for item in each.items} == {each.id for each in employer.questions} - {
        "N01",
        "N02",
        "N03",
    }


def test_a_re_inspection_asks_again_what_failed_and_nothing_else(employer):
    again = re_inspection_form([(employer, {"G03", "A02"})])
    assert [(each.number, each.id, each.section) for each in again.questions] == [(1, "A02", "A"), (2, "G03", "G")]
    assert [section.id for section in again.sections] == ["A", "G"]
    assert (again.id, again.title) == ("re-inspection", "复查检查表（用人单位职业卫生监督检查表）")
    assert not again.conditional
    with pytest.raises(ValueError, match="Z99"):
        re_inspection_form([(employer, {"Z99"})])


def test_the_title_of_a_re_inspection_is_chinese_whatever_the_window_speaks(employer):
    set_language("en")
    try:
        assert re_inspection_form([(employer, {"A02"})]).title == "复查检查表（用人单位职业卫生监督检查表）"
    finally:
        set_language(SOURCE_LANGUAGE)


def test_an_id_means_one_question_in_all_forms():
    by_id: dict[str, set[str]] = {}
    for form in FILES:
        for question in form.questions:
            by_id.setdefault(question.id, set()).add(question.text)
    assert all(len(texts) == 1 for texts in by_id.values())  # by it an answer settles a finding of another form


def test_what_a_visit_is_called_on_screen_is_there_in_english_and_never_on_paper():
    rules = visit_rules()
    named = (*rules.kinds, *rules.sources, *rules.modes, *rules.arrival, *rules.outcomes, *rules.disposals)
    before = spoken_language()
    set_language("en")
    try:
        assert [each.said for each in named if not each.said.isascii()] == []
        assert [gap.sentence for gap in rules.arrival_gaps("own") if not gap.sentence.isascii()] == []
        with in_chinese():
            assert {each.said for each in named} == {each.name for each in named}
    finally:
        set_language(before)


@pytest.mark.parametrize(
    ("met", "not_met", "band"), [(9, 1, "A"), (179, 21, "B"), (7, 3, "B"), (6, 4, "C"), (0, 0, "")]
)
def test_a_score_leaves_out_what_does_not_apply_and_is_not_rounded(met, not_met, band):
    form = load_form("employer-self-check")
    # More questions than the form has, so that 89.5 of a hundred can be had.
    questions = tuple(replace(form.questions[0], id=f"Q{number}") for number in range(met + not_met + 1))
    form = replace(form, questions=questions)
    values = [AnswerValue.MET] * met + [AnswerValue.NOT_MET] * not_met + [AnswerValue.NOT_APPLICABLE]
    found = scored(form, {each.id: Answer(value) for each, value in zip(questions, values, strict=True)})
    assert (found.points, found.full, found.band) == (met, met + not_met, band)
    assert scored(load_form("employer-general"), {}) is None


@pytest.mark.parametrize(
    ("question", "duty", "penalty"),
    [
        ("A01", "《职业病防治法》第二十条（一）", "《职业病防治法》第七十条第（二）项"),
        ("D01", "《职业病防治法》第十六条第二款", "《职业病防治法》第七十一条第（一）项"),
        ("F03", "《职业病防治法》第二十五条第三款", "《职业病防治法》第七十五条第（六）项"),
    ],
)
def test_articles_of_the_law_stand_where_they_belong(employer, question, duty, penalty):
    assert employer.by_id[question].duty[0].citation == duty
    assert employer.by_id[question].penalty[0].citation == penalty
    assert employer.by_id[question].duty[0].edition == date(2018, 12, 29)


def test_an_article_from_memory_is_marked_and_not_printed_where_a_confirmed_one_stands(employer):
    question = employer.by_id["E01"]
    assert [basis.unconfirmed for basis in question.duty] == [False, True]
    assert question.duty[1].citation.endswith("（待核）")
    assert question.printed_duty == ("《职业病防治法》第二十六条第一款",)


def test_an_article_that_is_also_the_penalty_is_never_printed_as_the_duty(employer):
    both = replace(employer.by_id["E09"], duty=employer.by_id["E09"].penalty)
    assert both.printed_duty == ()
    for question in employer.questions:
        penalties = {basis.citation for basis in question.penalty if basis.article}
        assert penalties.isdisjoint(question.printed_duty)


def test_a_standard_is_never_printed_as_a_duty_and_what_only_a_plan_asks_for_says_so():
    standings = set()
    for question in (each for form in FILES for each in form.questions):
        printed = "".join(question.printed_duty)
        assert not re.search(r"GBZ|GB/T|规划指标|方案|“十四五”|三（[三-八]）", printed), question.id
        only = {basis.standing for basis in question.duty}
        assert (printed == "规划要求") == (only == {"plan"}), question.id
        standings |= only
    assert standings == {"law", "standard", "plan"}


def test_a_special_form_takes_the_questions_of_its_base(employer):
    hearing = load_form("employer-hearing")
    assert {question.id for question in hearing.questions} <= set(employer.by_id)
    assert hearing.by_id["E02"].text == employer.by_id["E02"].text


def test_the_fullest_form_of_a_kind_comes_first():
    assert forms_for("用人单位")[0].id == "employer-general"
    assert [form.id for form in forms_for("放射诊疗单位")] == ["radiology"]


def test_the_penalty_says_whether_a_fine_may_come_at_once(employer):
    rules = visit_rules()
    assert rules.path(employer.by_id["A01"]) == "先改后罚"
    assert rules.path(employer.by_id["D01"]) == "可并处"
    assert rules.path(employer.by_id["F03"]) == "并处"
    assert rules.path(employer.by_id["H05"]) == ""


def test_every_severity_and_every_named_disposal_has_a_rule():
    rules = visit_rules()
    known = {disposal.id for disposal in rules.disposals}
    for form_id in FORMS:
        for question in load_form(form_id).questions:
            assert question.disposal in known | {""}
            assert question.severity in {proposal.severity for proposal in rules.proposals}


def test_helpers_rounds_produce_neither_record_nor_order():
    assert visit_rules().mode("patrol").may_produce == {"patrol_note"}


def test_the_answers_have_the_keys_one_to_four():
    assert [(value.digit, value.word) for value in AnswerValue] == [
        ("1", "合格"),
        ("2", "不合格"),
        ("3", "合理缺项"),
        ("4", "未检查"),
    ]


@pytest.mark.parametrize("path", CITIES, ids=lambda path: path.stem)
def test_every_city_says_period_status_and_source_of_its_targets(path):
    city = tomllib.loads(path.read_text(encoding="utf-8"))
    assert city["status"] == "period ended"
    assert city["valid_from"] < city["valid_to"]
    for indicator in city["indicator"]:
        assert indicator["source"]
        assert indicator.get("printed") or indicator["comparator"] == "done"
        assert indicator["deadline"] <= city["valid_to"]
        assert ("target" in indicator) or indicator["comparator"] in {"trend_up", "done"}


def test_no_city_is_missing():
    assert {path.stem for path in CITIES} == {"guangzhou", "heyuan", "jiangmen", "shaoguan", "yangjiang"}


def of_city(name: str) -> dict[str, Any]:
    return tomllib.loads((resources() / "cities" / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "column", "number"),
    [
        ("jiangmen", "level", 13),
        ("jiangmen", "province_2020", 13),
        ("shaoguan", "nature", 10),
        ("guangzhou", "remark", 14),
    ],
)
def test_a_column_that_a_plan_prints_is_kept(name, column, number):
    assert sum(column in indicator for indicator in of_city(name)["indicator"]) == number


def test_targets_of_yangjiang_have_their_stages_and_begin_with_the_notice():
    city = of_city("yangjiang")
    assert city["valid_from"] == city["issued"]
    assert [each.get("stage", "") for each in city["indicator"]] == [
        *["2021年底前"] * 4, *["到2022年"] * 4, "", "到2021年底前"
    ]  # fmt: skip
    assert [each["id"] for each in city["indicator"] if "printed" not in each] == ["YJ-10"]


@pytest.mark.parametrize("path", CITIES, ids=lambda path: path.stem)
def test_every_plan_says_when_it_is_looked_at_again(path):
    assert all(stage["name"] and stage["due"] for stage in of_city(path.stem)["stage"])


def test_the_other_industries_of_jiangmen_are_ticked_by_hand():
    lists = tomllib.loads((resources() / "codes" / "key_industries.toml").read_text(encoding="utf-8"))["list"]
    (jiangmen,) = (each for each in lists if each["id"] == "jiangmen-key")
    assert len(jiangmen["industry"]) == 14
    assert jiangmen["industry"][-1] == {"id": "JM99", "name": "其它", "by_hand": True}
