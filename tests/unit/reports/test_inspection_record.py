"""What stands on the printed record, in every way it can end."""

import re
import subprocess
from dataclasses import replace
from hashlib import sha256

import pikepdf
import pytest

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.record import InspectionRecord, PartyStatement, StrokeSet, Way
from ohdesk.domain.visit import NO_ARRIVAL
from ohdesk.errors import ProblemsError, UserError
from ohdesk.reports.inspection_record import RenderedRecord, render
from tests.unit.reports import sample_record as sample


def rendered(record: InspectionRecord, *strokes: StrokeSet) -> RenderedRecord:
    return render(record, fingerprint(record), strokes or (sample.ink("party", "䶮安", record),), sample.PHOTOS)


def pages_of(pdf: bytes) -> list[str]:
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def joined(pdf: bytes) -> str:
    """The text without line breaks and spaces, so that a sentence is found however it was set."""
    return re.sub(r"\s+", "", "".join(pages_of(pdf)))


@pytest.fixture(scope="module")
def full() -> RenderedRecord:
    return rendered(sample.record())


def party(way: str, **words: str) -> PartyStatement:
    return PartyStatement(way=Way(way), **words)


def test_every_answer_duty_remark_and_name_is_read_back(full):
    text = joined(full.pdf)
    record = sample.record()
    for line in record.answers:
        assert re.sub(r"\s+", "", line.text) in text
        assert line.duty[0] in text
    for word in ("合格", "不合格", "合理缺项", "未检查"):
        expected = sum(line.word == word for line in record.answers)
        assert len(re.findall(rf"(?m)^{word}$", "\n".join(pages_of(full.pdf)))) >= expected
    for name in ("𠅤明", "䶮安", "周衡", "𬭎之", "田禾"):
        assert name in text


def test_it_names_duties_and_never_a_penalty(full):
    text = joined(full.pdf)
    assert "《职业病防治法》第二十二条第一款" in text
    assert "处罚" not in text
    assert "罚款" not in text


def test_each_page_has_number_page_of_pages_and_fingerprint(full):
    pages = pages_of(full.pdf)
    digits = fingerprint(sample.record())[:16]
    for number, page in enumerate(pages, start=1):
        assert "2026-0001" in page
        assert f"第{number}页共{len(pages)}页" in page.replace(" ", "")
        assert f"文档指纹 {digits}" in page


def test_the_same_content_gives_the_same_bytes(full):
    assert rendered(sample.record()).pdf == full.pdf


def test_photos_are_embedded_byte_for_byte(full, tmp_path):
    file = tmp_path / "record.pdf"
    file.write_bytes(full.pdf)
    with pikepdf.open(file) as pdf:
        images = [image.read_raw_bytes() for page in pdf.pages for image in page.get_images().values()]
    assert {sha256(image).hexdigest() for image in images} == set(sample.PHOTOS)


def test_each_inspector_has_exactly_one_box_on_the_page_with_his_name(full):
    record = sample.record()
    assert [box.field for box in full.boxes] == [person.field for person in record.inspectors]
    page = pages_of(full.pdf)[full.boxes[0].page]
    for person in record.inspectors:
        assert person.name in page
        assert person.certificate_no in page
    (_, low1, _, high1), (_, low2, _, high2) = (box.box for box in full.boxes)
    assert high2 < low1 < high1
    assert low2 > 26 * 72 / 25.4


def test_announced_photos_are_named_by_number(full):
    text = joined(full.pdf)
    assert text.count("待补7号") == 2
    assert "喷漆房排风口" in text


def test_qpdf_finds_nothing_wrong(full, tmp_path):
    file = tmp_path / "record.pdf"
    file.write_bytes(full.pdf)
    assert subprocess.run(["qpdf", "--check", file], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("statement", "sentences"),
    [
        (party("objected", name="䶮安", statement="噪声检测报告尚未取回。"), ["有异议", "噪声检测报告尚未取回。"]),
        (
            party("refused", name="䶮安", reason="认为不属实", witness="唐晴"),
            ["拒绝签名", "认为不属实", "见证人：唐晴"],
        ),
        (party("refused", name="䶮安", reason="离开", video="录像 3"), ["拒绝签名", "录音录像：录像3"]),
        (party("absent", reason="大门上锁"), ["不在现场", "大门上锁"]),
    ],
)
def test_every_way_of_the_party_ends_in_a_record(statement, sentences):
    record = sample.record(party=statement)
    signed = statement.way == "objected"
    strokes = (sample.ink("party", "䶮安", record),) if signed else ()
    done = render(record, fingerprint(record), strokes, sample.PHOTOS)
    text = joined(done.pdf)
    assert all(sentence in text for sentence in sentences)
    assert ("未签名，见核对意见" in text) is not signed
    assert len(done.boxes) == 2


def test_a_witness_signs_beside_the_inspectors():
    record = sample.record(party=party("refused", name="䶮安", reason="不满", witness="唐晴"))
    done = render(record, fingerprint(record), (sample.ink("witness", "唐晴", record),), sample.PHOTOS)
    assert "见证人" in pages_of(done.pdf)[done.boxes[0].page]


def test_a_visit_without_checklist_has_a_short_record():
    record = sample.record(
        assistants=(),
        arrival=NO_ARRIVAL,
        answers=(),
        findings=(),
        situation=(),
        photos=(),
        outcome="40",
        outcome_name="单位关闭",
        outcome_proof="门牌照片：大门上锁",
        party=party("absent", reason="现场无人"),
    )
    done = render(record, fingerprint(record), (), {})
    assert len(pages_of(done.pdf)) == 1
    assert "门牌照片：大门上锁" in joined(done.pdf)
    assert "现场检查表" not in joined(done.pdf)


def test_the_mark_of_an_unconfirmed_office_stands_on_every_page(full):
    record = sample.record()
    unconfirmed = replace(record, office=replace(record.office, confirmed_by_county=False))
    assert all("未经县级确认" in page for page in pages_of(rendered(unconfirmed).pdf))
    assert not any("未经县级确认" in page for page in pages_of(full.pdf))


def test_a_patrol_sheet_has_neither_title_nor_verdicts_nor_orders_of_a_record():
    record = sample.record(title="职业卫生巡查信息表", answers=())
    patrol = replace(record, office=replace(record.office, mode="patrol", mode_name="协管巡查"))
    text = joined(rendered(patrol).pdf)
    assert "职业卫生巡查信息表" in text
    assert not any(word in text for word in ("笔录", "不合格", "责令", "发现的问题"))


def test_a_record_says_what_was_seen_and_orders_nothing(full):
    record, text = sample.record(), joined(full.pdf)
    assert {finding.disposal for finding in record.findings} == {"责令限期改正", "当场改正"}
    assert [
        word for word in ("责令", "当场改正", "期限", "2026年3月16日", "发现的问题", "询问记录") if word in text
    ] == []


def test_the_older_wording_has_the_older_title_and_labels():
    record = sample.record(wording="moh-87", title="现场笔录")
    text = joined(rendered(record).pdf)
    assert "现场笔录" in text
    assert "卫生行政机关" in text


def test_markup_and_brackets_in_names_are_text():
    hostile = "<b>甲&乙</b>(){}\\ %s {0} 有限公司"
    record = sample.record(body=replace(sample.record().body, name=hostile))
    assert re.sub(r"\s+", "", hostile) in joined(rendered(record).pdf)


@pytest.mark.parametrize("kilobytes", [1, 4, 40])
def test_very_long_texts_run_over_pages_and_lose_nothing(kilobytes):
    long = "".join(f"第{number}段检查所见。" for number in range(kilobytes * 100))
    base = sample.record()
    answer = replace(base.answers[0], fact=long)
    photo = replace(base.photos[0], caption=long[:4000])
    record = sample.record(situation=(long,), answers=(answer,), photos=(photo, *base.photos[1:]))
    assert joined(rendered(record).pdf).count(f"第{kilobytes * 100 - 1}段") >= 2


def test_nothing_is_drawn_outside_the_margins():
    long = "很长的名称" * 200
    base = sample.record()
    body = replace(base.body, name=long, address=long)
    record = sample.record(body=body, accompanied_by=long, party=replace(base.party, position="职务" * 30))
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=rendered(record).pdf, capture_output=True, check=True
    )
    for found in re.finditer(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', boxes.stdout.decode()):
        left, top, right, bottom = map(float, found.groups())
        assert left >= 79
        assert right <= 523
        assert top >= 36
        assert bottom <= 842 - 14


@pytest.mark.parametrize("count", [0, 1, 75, 300])
def test_any_number_of_answers_is_laid_out(count):
    record = sample.record(answers=tuple(map(sample.answer, range(1, count + 1))))
    text = "\n".join(pages_of(rendered(record).pdf))
    assert len(re.findall(r"(?m)^(合格|不合格|合理缺项|未检查)$", text)) == count


def test_a_missing_glyph_refuses_the_record_and_says_where():
    record = sample.record(body=replace(sample.record().body, legal_representative="王\U00020003"))
    with pytest.raises(ProblemsError, match=re.escape("被检查单位的法定代表人")) as refused:
        rendered(record)
    assert "U+20003" in refused.value.message


def test_the_names_beside_strokes_are_checked_for_glyphs():
    record = sample.record()
    with pytest.raises(ProblemsError, match=r"U\+1F3ED"):
        rendered(record, sample.ink("party", "🏭", record))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n", b"%PDF-1.7"])
def test_a_photo_that_is_no_jpeg_is_refused(data):
    with pytest.raises(UserError, match="JPEG"):
        render(sample.record(), fingerprint(sample.record()), (), dict.fromkeys(sample.PHOTOS, data))


def test_no_photo_and_no_arrival_leave_no_empty_headings():
    text = joined(rendered(sample.record(arrival=NO_ARRIVAL, photos=())).pdf)
    assert "告知事项" not in text
    assert "附件二" not in text


@pytest.mark.parametrize("count", range(8, 40, 2))
def test_no_heading_stands_alone_at_the_foot_of_a_page(count):
    base = sample.record()
    answers = tuple(map(sample.answer, range(1, count + 1)))
    record = sample.record(answers=answers, photos=base.photos[:1], situation=base.situation * (count // 8))
    headings = {"告知事项", "现场检查情况", "检查表结果统计", "附件", "当事人核对意见", "签名"}
    for page in pages_of(rendered(record).pdf):
        content = page.partition("当事人签名（同第")[0].partition("编号 2026")[0].split()
        assert content[-1] not in headings
        assert not content[-2].startswith("附件"), content[-2:]
