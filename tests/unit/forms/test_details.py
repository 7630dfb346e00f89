"""Numbers, choices, counters and repeats: what is stored, stopped where it is typed, computed, judged and printed."""

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ohdesk.errors import ProblemsError
from ohdesk.forms.answers import Answer, AnswerValue, malformed, missing
from ohdesk.forms.applicability import not_applying
from ohdesk.forms.computed import FUNCTIONS
from ohdesk.forms.detail_values import cell_key, detail_of, rows_in, rows_text
from ohdesk.forms.loader import read_form
from ohdesk.forms.shown_details import shown_details
from ohdesk.i18n import set_language
from tests.unit.forms.trial_form import QUESTIONS, trial_folder, trial_form

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    return trial_form(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def question(form):
    return form.by_id["A01"]


def with_details(**details: str) -> Answer:
    return Answer(AnswerValue.MET, details=details)


def with_row(**row: str) -> Answer:
    return with_details(posts=rows_text([row]))


def fields(problems):
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"exposed": "11", "workers": "10"}, "exposed"),
        ({"workers": "-1"}, "workers"),
        ({"workers": "+1"}, "workers"),
        ({"dust": "0.5"}, "dust"),
        ({"dust": "-0.1", "unit": "ppm"}, "dust"),
        ({"dust": "1e3", "unit": "ppm"}, "dust"),
        ({"dust": "0.5 mg/m3", "unit": "mg/m3"}, "dust"),
        ({"unit": "mg"}, "unit"),
        ({"rate": "90"}, "rate"),
        ({"posts": "[]x"}, "posts"),
        ({"posts": '[{"post":1}]'}, "posts"),
        ({"posts": '[{"post": "打磨"}]'}, "posts"),
    ],
)
def test_what_does_not_fit_is_stopped_at_its_field(question, details, field):
    assert fields(malformed(Answer(AnswerValue.MET, details=details), question)) == [field]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"correct": "3", "wrong": "0", "worn": "2"}, ["correct", "worn"]),
        ({"correct": "-1"}, ["correct"]),
        ({"level": "86.5dB"}, ["level"]),
        ({"level": "151"}, ["level"]),
        ({"calibrated": "2026-3-2"}, ["calibrated"]),
        ({"nothing": "1"}, ["nothing"]),
    ],
)
def test_a_cell_of_a_repeat_is_stopped_and_named_with_its_row(question, row, column):
    found = malformed(with_details(posts=rows_text([{"post": "打磨"}, row])), question)
    assert fields(found) == [cell_key("posts", 1, each) for each in column]
    assert all("第 2 行" in problem.place and detail_of(problem.field) == "posts" for problem in found)


def test_more_rows_than_the_form_allows_are_refused(question):
    assert fields(malformed(with_details(posts=rows_text([{"post": "打磨"}] * 41)), question)) == ["posts"]


def test_a_required_cell_is_missing_and_what_is_computed_never_is(question):
    assert fields(missing(with_row(correct="2"), question)) == [cell_key("posts", 0, "post")]
    assert missing(with_details(), question) == []


def test_rows_are_stored_trimmed_in_one_form_and_without_what_is_empty():
    text = rows_text([{"b": " 打磨 ", "a": "1"}, {"a": "  "}])
    assert text == '[{"a":"1","b":"打磨"}]'
    assert rows_in(text) == ({"a": "1", "b": "打磨"},)
    assert rows_text(rows_in(text)) == text
    assert rows_text([{"a": ""}]) == ""
    assert Answer(AnswerValue.MET, details={"posts": text}).cleaned.details == {"posts": text}


def test_details_are_printed_with_units_words_rates_and_verdicts(question):
    over = {"post": "打磨", "correct": "3", "wrong": "1", "worn": "4", "level": "86.5", "meter": "M1"}
    unjudged = {"post": "冲压", "correct": "5", "wrong": "1", "worn": "6", "level": "84.9"}
    posts = rows_text([over | {"calibrated": "2026-01-05"}, unjudged])
    shown = shown_details(with_details(exposed="8", workers="9", dust="0.50", unit="mg/m3", posts=posts), question, DAY)
    assert shown.lines == ("从业人数：9", "接害人数：8", "单位：mg/m3", "粉尘：0.50 mg/m3", "正确佩戴率：80.0 %")
    (table,) = shown.tables
    assert table.columns[:4] == ("岗位", "正确佩戴", "佩戴不当", "已佩戴")
    assert table.columns[4:] == ("噪声（dB(A)）", "判定", "仪器", "校准日期")
    first, second = (row[5] for row in table.rows)
    assert first.startswith("86.5 dB(A) 超过")
    assert "没有写明仪器" in second


@pytest.mark.parametrize(
    ("name", "given", "numbers", "found"),
    [
        ("lex_8h", [["85"], ["8"]], [], "85.0"),
        ("lex_8h", [["88"], ["4"]], [], "85.0"),
        ("lex_8h", [["90", "80"], ["4", "4"]], [], "87.4"),
        ("lex_8h", [["90", None], ["4", "4"]], [], None),
        ("rate", [["1", "2"], ["3", "3"]], [], "50.0"),
        ("rate", [["0"], ["0"]], [], None),
        ("sum", [["1", None, "2"]], [], "3"),
        ("sum", [[None]], [], None),
        ("sample_size", [["7"]], ["10"], "7"),
        ("sample_size", [["70"]], ["10"], "10"),
        ("reaching", [["80", "79.9", None, "100"]], ["80"], "2"),
        ("filled", [["1", None, "0"]], [], "2"),
    ],
)
def test_a_named_function_gives_what_its_rule_says(name, given, numbers, found):
    columns = [[None if each is None else Decimal(each) for each in column] for column in given]
    result = FUNCTIONS[name][0](columns, [Decimal(each) for each in numbers])
    assert (None if result is None else str(result)) == found


def test_a_question_falls_away_only_by_what_is_known_and_says_why(form):
    noisy = {"hazard": frozenset({"噪声"}), "kind": frozenset({"用人单位"}), "size": frozenset({"小型"})}
    dusty = noisy | {"hazard": frozenset({"矽尘"})}
    assert "A02" not in not_applying(form, {}, {})
    assert "A02" not in not_applying(form, noisy, {})
    assert "A02" not in not_applying(form, dusty | {"size": frozenset({"大型"})}, {})
    reason = not_applying(form, dusty, {})["A02"]
    assert "职业病危害因素为噪声" in reason
    assert "矽尘" in reason
    assert "A02" not in not_applying(form, dusty, {"A02": Answer(AnswerValue.MET)})


def test_a_question_follows_the_answer_to_one_before_it(form):
    assert "A03" not in not_applying(form, {}, {})
    assert "A03" in not_applying(form, {}, {"A01": Answer(AnswerValue.MET)})
    assert "A03" not in not_applying(form, {}, {"A01": Answer(AnswerValue.NOT_MET, fact="未佩戴")})


def test_only_questions_with_conditions_are_looked_at_however_long_the_form_is(form):
    class Counted(dict):
        asked = 0

        def __contains__(self, key):
            Counted.asked += 1
            return super().__contains__(key)

    plain = replace(form.by_id["A01"], applies=())
    long = replace(form, questions=(*(replace(plain, id=f"Q{number}") for number in range(200)), *form.questions))
    assert set(not_applying(long, {"hazard": frozenset({"矽尘"}), "size": frozenset({"小型"})}, Counted())) == {"A02"}
    assert Counted.asked == len(form.conditional)


def test_a_question_speaks_the_language_of_the_screen_and_paper_stays_chinese(question):
    level = next(each for each in question.fields if each.key == "unit")
    set_language("en")
    try:
        assert question.said == "Noise and wearing at each post."
        assert level.said == "单位"  # an older edition may have no other words
    finally:
        set_language("zh_CN")
    assert question.said == question.text


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('unit = "dB(A)"\n', "", "A01 field posts field level unit"),
        ('press = "8"', 'press = "7"', "A01 field posts field press"),
        ('press = "8"', 'press = "F8"', "A01 field posts field wrong press"),
        ('at_most = "worn"', 'at_most = "post"', "A01 field posts field correct at_most"),
        ('sum_of = ["correct", "wrong"]', 'sum_of = ["right"]', "A01 field posts field worn sum_of"),
        ('unit_in = "unit"', 'unit_in = "workers"', "A01 field dust unit_in"),
        ('by = "rate"', 'by = "mean"', "A01 field rate computed by"),
        ('"posts.worn"]', '"posts.post"]', "A01 field rate computed of"),
        ('needs = ["meter", "calibrated"]', 'needs = ["metre"]', "A01 field posts field level judged"),
        ('most = "150"', 'most = "loud"', "A01 field posts field level most"),
        ('most = "150"', 'most = "20"', "A01 field posts field level most"),
        ('key = "exposed"', 'key = "reason"', "A01 field reason key"),
        ('kind = "choice"', 'kind = "text"', "A01 field unit choices"),
        ('{ A01 = "not_met" }', '{ A03 = "not_met" }', "A03 applies A03"),
        ('{ A01 = "not_met" }', '{ A01 = "bad" }', "A03 applies A01"),
        ('{ A01 = "not_met" }', '{ "A01.unit" = "kg" }', "A03 applies A01.unit"),
        ('{ A01 = "not_met" }', '{ weather = "rain" }', "A03 applies weather"),
    ],
)
def test_a_fault_of_a_definition_is_named_with_question_and_field(tmp_path, old, new, place):
    folder = trial_folder(tmp_path)
    assert QUESTIONS.count(old) >= 1
    (folder / "trial" / "questions.toml").write_text(QUESTIONS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProblemsError) as refused:
        read_form(folder, "trial")
    assert f"trial/questions.toml {place}" in [problem.place for problem in refused.value.problems]
