"""What no paper may carry: the rules of law and of the office, walked through every paper in every mode."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from ohdesk.forms.paper_blocks import Facts, Table
from ohdesk.forms.papers import PaperForm, papers_of, set_ids

OUTSIDE = {"party", "public"}
INTERNAL_PLACES = {"source", "reason", "task_number", "approval", "taken", "proposal"}
COUNTY_ONLY = "责令停止作业|关闭|临时控制措施|先行登记保存"


class Printed(NamedTuple):
    """A paper as one mode prints it: its set and key, its form, and every sentence that stands on it."""

    where: str
    form: PaperForm
    sentences: tuple[str, ...]

    @property
    def places(self) -> set[str]:
        """The places it has filled, but for those of the items of a list."""
        texts = (text for block in self.form.blocks for _, text, of in block.texts if not of)
        return {place for text in texts for place in re.findall(r"{(\w+)}", text)}


def _sentences(form: PaperForm) -> Iterator[str]:
    yield from (form.title, form.head, form.number, form.foot, form.page)
    yield from form.words.values()
    yield from (field.default for field in form.asked)
    for block in form.blocks:
        yield from (said for where, text, _ in block.texts for said in (where, text))


def _printed() -> Iterator[Printed]:
    for set_id in set_ids():
        for key, paper in papers_of(set_id).items():
            for form in {id(form): form for form in (paper.form, *paper.by_mode.values())}.values():
                yield Printed(f"{set_id}/{key}", form, tuple(_sentences(form)))


PRINTED = tuple(_printed())


def _with(pattern: str, papers: Iterator[Printed] | tuple[Printed, ...] = PRINTED) -> list[tuple[str, str]]:
    return [(each.where, said) for each in papers for said in each.sentences if re.search(pattern, said)]


def test_each_set_that_has_wording_has_every_paper():
    keys = {set_id: set(papers_of(set_id)) for set_id in set_ids()}
    assert keys["moj-2025"] == keys["moh-87"]
    assert len(keys["moj-2025"]) >= 15
    assert keys["gd-town"] <= keys["moj-2025"]


def test_the_set_without_wording_is_off_until_the_county_enters_it():
    for paper in papers_of("gd-town").values():
        assert paper.form.unconfirmed
        assert paper.form.issue
        assert all(issue.off for issue in paper.form.issue.values())


@pytest.mark.parametrize(
    "pattern",
    [r"__|…|\.\.\.|TODO|XX|待核|待定", r"[。；，、：][。；，、]|[，、；：]）|（[，。、；）]|[，、]$", r"\d{4}[-/.]\d"],
    ids=["a place to be filled in later", "a stray mark", "a day written with strokes"],
)
def test_nothing_printed_has(pattern):
    assert not _with(pattern)


def test_a_record_orders_nothing_and_judges_nothing():
    notes = tuple(each for each in PRINTED if each.form.life == "note")
    assert {each.where.split("/")[1] for each in notes} >= {"record", "inquiry", "evidence_list", "patrol_note"}
    assert not _with(r"责令|限期|期限|罚|警告|违法|违反|立案", notes)


def test_who_is_inspected_reads_neither_of_a_complaint_nor_of_what_is_internal():
    outside = tuple(each for each in PRINTED if each.form.for_ in OUTSIDE)
    assert not _with(r"投诉|举报|信访|交办|审批|批准|内部", outside)
    assert not [each.where for each in outside if each.places & INTERNAL_PLACES]
    assert not [each.where for each in outside if each.form.volume == "side"]


def test_articles_of_penalties_stand_only_between_authorities():
    assert not _with(
        r"第(六十九|七十.?|八十.?)条|罚款|万元", tuple(each for each in PRINTED if each.form.for_ in OUTSIDE)
    )


def test_an_order_warns_nobody_and_no_paper_offers_what_only_the_county_may_do():
    orders = tuple(each for each in PRINTED if each.where.endswith("/order"))
    assert orders
    assert not _with("警告|处罚决定|并处", orders)
    assert not _with(COUNTY_ONLY)


def test_standards_and_plans_are_no_basis():
    assert not _with(r"GBZ|GB/T|规划|方案")


def test_every_period_on_a_paper_runs_from_service():
    timed = [
        (each, said) for each in PRINTED for said in each.sentences if re.search(r"[日月}]内|期限[:：为].|_by}止", said)
    ]
    assert {each.where.split("/")[1] for each, _ in timed} == {"order", "correction_notice"}
    assert all(each.form.life == "outward" and "送达之日起" in said for each, said in timed)


def test_who_entrusts_issues():
    for each in PRINTED:
        if each.form.life != "internal" and "entrusted" in each.form.issue:
            assert each.form.issue["entrusted"].body == "entrusting", each.where
        assert "patrol" not in each.form.issue or not {"order", "verdict", "record"} & set(each.form.needs), each.where


@pytest.mark.parametrize("key", ["opinion", "inquiry"])
def test_in_the_town_s_own_name_it_is_off_until_the_county_confirms(key):
    assert all(each.form.issue["own"].off for each in PRINTED if each.where.endswith(f"/{key}"))


def test_what_is_received_on_its_own_foot_has_a_place_to_sign():
    signed = {each.where.split("/")[1]: each for each in PRINTED if each.form.is_signed_on_foot}
    assert set(signed) == {"notice", "opinion"}
    assert all("签收" in each.sentences for each in signed.values())


def test_orders_and_letters_alone_have_a_number_of_documents():
    for each in PRINTED:
        of_documents = "〔" in each.form.series
        assert of_documents == (each.where.split("/")[1] in {"order", "lead_report", "transfer_letter"}), each.where
        assert of_documents or not each.form.series or "编号" in each.form.number, each.where


def test_the_notice_has_no_words_of_ours_on_rights_and_prohibitions():
    for each in PRINTED:
        if each.where.endswith("/notice"):
            assert [said for said in each.sentences if "{rights}" in said or "{prohibitions}" in said] == [
                "{rights}",
                "{prohibitions}",
            ]
            assert not any("严禁" in said for said in each.sentences if said != "五个严禁")


def test_evidence_has_its_source_and_a_copy_is_signed_as_like_the_original():
    lists = [each for each in PRINTED if each.where.endswith("/evidence_list")]
    assert lists
    for each in lists:
        assert {"来源", "提供人"} <= set(each.sentences)
        assert any("经核对与原件无异" in said for said in each.sentences)


def test_a_row_has_two_labels_at_most_and_a_table_is_as_wide_as_the_text():
    for each in PRINTED:
        for block in each.form.blocks:
            if isinstance(block, Facts):
                assert all(len(row) <= 2 for row in block.rows), each.where
            if isinstance(block, Table):
                assert sum(column.width for column in block.columns) == 156, each.where


def test_every_paper_says_what_it_follows_and_what_nobody_compared():
    for each in PRINTED:
        assert each.form.source, each.where
        assert each.form.unconfirmed, each.where
        assert all(field.label.zh and field.label.en for field in each.form.asked), each.where
