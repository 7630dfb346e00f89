"""Promise: other programs check a record's signatures, open it cleanly and read every word of it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ohdesk.domain.calendar import beijing, parse_instant
from ohdesk.domain.canonical import parse
from ohdesk.forms.loader import load_form
from ohdesk.security.pdf_verification import verify_record_pdf

SIGNERS = 2


class Told(NamedTuple):
    """A record as its papers carry it, verified under the county's root, and the text of each paper by its key."""

    record: dict[str, Any]
    texts: dict[str, str]

    @property
    def text(self) -> str:
        return "".join(self.texts.values())


@pytest.fixture(scope="module")
def contents(demo) -> list[Told]:
    """The records; all papers of one carry the same."""
    found: dict[str, Told] = {}
    for path in demo.records:
        content = verify_record_pdf(path.read_bytes(), [demo.root_der]).content
        assert content is not None
        said = parse(content)
        told = found.setdefault(said["record"]["visit"], Told(said["record"], {}))
        assert told.record == said["record"]
        told.texts[said["paper"]] = text_of(path)
    return list(found.values())


def printed_by(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def text_of(path: Path) -> str:
    """All text of a PDF as pdftotext gives it back, without the spaces and line ends of the page."""
    return squeezed(printed_by("pdftotext", path, "-"))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def words_of(record: dict[str, Any]) -> Iterator[str]:
    """Yield whatever of a record must stand on paper."""
    for line in record["answers"]:
        yield from (line["text"], line["word"], line["remark"], line["fact"], *line["details"])
    yield from (finding["fact"] for finding in record["findings"])
    for person in record["inspectors"]:
        yield from (person["name"], person["certificate_no"])
    for photo in record["photos"]:
        yield from (photo["caption"], photo["place"])
    yield from (text for key, text in record["party"].items() if key != "way")
    yield from (record["body"]["name"], record["body"]["address"], record["outcome_proof"], *record["situation"])
    yield from (record["number"], record["place"])


def test_seven_records_in_every_way_they_can_end_and_pages_of_later_photos(contents, demo):
    assert len(contents) == 7
    assert len(demo.papers) > len(demo.records) == sum(len(told.texts) for told in contents)
    assert {told.record["party"]["way"] for told in contents} == {"signed", "objected", "refused", "absent"}
    answers = {line["word"] for told in contents for line in told.record["answers"]}
    assert answers == {"合格", "不合格", "合理缺项", "未检查"}


def test_pdfsig_finds_every_signature_valid_and_the_last_one_over_the_whole_file(demo):
    for path in demo.papers:
        said = printed_by("pdfsig", path)
        assert said.count("Signature Validation: Signature is Valid.") == said.count("Signature #") == SIGNERS
        reach = re.findall(r"^\s*- ((?:Not t|T)otal document signed)$", said, re.MULTILINE)
        assert reach == ["Not total document signed"] * (SIGNERS - 1) + ["Total document signed"]


def test_qpdf_finds_nothing_wrong(demo):
    for path in demo.papers:
        assert "No syntax or stream encoding errors found" in printed_by("qpdf", "--check", path)


def test_every_font_that_draws_text_is_embedded(demo):
    for path in demo.papers:
        rows = printed_by("pdffonts", path).splitlines()[2:]
        assert rows
        assert [row for row in rows if row.split()[-5] != "yes"] == []


def test_pdftotext_gives_every_word_back(contents):
    for told in contents:
        assert [word for word in words_of(told.record) if squeezed(word) not in told.text] == []


def test_rare_characters_are_read_back_as_themselves(contents):
    texts = [told.text for told in contents]
    assert any("𠅤" in text for text in texts)
    assert any("䶮" in text for text in texts)
    assert not any("\ufffd" in text or "□" in text for text in texts)


def test_each_answer_word_stands_on_paper_as_often_as_it_was_given(contents):
    for told in contents:
        for word in ("不合格", "合理缺项", "未检查"):
            given = [line["word"] for line in told.record["answers"]].count(word)
            assert told.texts.get("checklist", "").count(word) >= given


def test_no_penalty_article_stands_on_a_record(contents):
    for told in contents:
        if not told.record["form"]:
            continue
        form = load_form(told.record["form"])
        penalties = {basis.citation for question in form.questions for basis in question.penalty if basis.article}
        assert [citation for citation in penalties if squeezed(citation) in told.text] == []
        assert not re.search("罚款|行政处罚", told.text)


def test_printed_days_and_hours_are_those_of_beijing(contents):
    for told in contents:
        for instant in (told.record["started_at"], told.record["ended_at"]):
            at = beijing(parse_instant(instant))
            assert f"{at.year}年{at.month}月{at.day}日{at:%H}时{at:%M}分" in told.texts["record"]
