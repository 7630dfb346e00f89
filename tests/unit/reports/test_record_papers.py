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
from ohdesk.reports.papers import RenderedPaper
from tests.unit.reports import sample_record as sample


def rendered(record: InspectionRecord, *strokes: StrokeSet) -> dict[str, RenderedPaper]:
    return sample.papers(record, *(strokes or (sample.ink("party", "䶮安", record),)))


def pages_of(pdf: bytes) -> list[str]:
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def joined(pdf: bytes) -> str:
    """The text without line breaks and spaces, so that a sentence is found however it was set."""
    return re.sub(r"\s+", "", "".join(pages_of(pdf)))


@pytest.fixture(scope="module")
def full() -> dict[str, RenderedPaper]:
    return rendered(sample.record())


def party(way: str, **words: str) -> PartyStatement:
    return PartyStatement(way=Way(way), **words)


def text_of(papers: dict[str, RenderedPaper], *keys: str) -> str:
    return "".join(joined(papers[key].pdf) for key in keys or papers)


def test_every_answer_remark_and_name_is_read_back(full):
    record, sheet = sample.record(), joined(full["checklist"].pdf)
    for line in record.answers:
        assert re.sub(r"\s+", "", line.text) in sheet
    for word in ("合格", "不合格", "合理缺项", "未检查"):
        expected = sum(line.word == word for line in record.answers)
        assert len(re.findall(rf"(?m)^{word}$", "\n".join(pages_of(full["checklist"].pdf)))) == expected
    for name in ("𠅤明", "䶮安", "周衡", "𬭎之", "田禾"):
        assert name in joined(full["record"].pdf)


def test_the_checklist_has_results_alone_and_the_record_names_it_and_repeats_none(full):
    record, sheet = text_of(full, "record"), text_of(full, "checklist")
    assert "现场检查表（编号2026-0001-1" in record
    assert "照片说明页（编号2026-0001-2" in record
    assert not [line.text for line in sample.record().answers if re.sub(r"\s+", "", line.text) in record]
    assert "检查表共68项" in sheet
    assert not [word for word in ("职业病防治法", "得分", "责令", "处罚", "罚款", "期限") if word in sheet + record]


def test_each_page_of_each_paper_has_number_page_of_pages_and_fingerprint(full):
    digits = fingerprint(sample.record())[:16]
    for key, number in (("record", "2026-0001"), ("checklist", "2026-0001-1"), ("photo_page", "2026-0001-2")):
        pages = pages_of(full[key].pdf)
        for place, page in enumerate(pages, start=1):
            assert number in page
            assert f"第{place}页共{len(pages)}页" in page.replace(" ", "")
            assert f"文档指纹 {digits}" in page


def test_the_same_content_gives_the_same_bytes(full):
    assert rendered(sample.record()) == full


def test_photos_are_embedded_byte_for_byte(full, tmp_path):
    file = tmp_path / "photos.pdf"
    file.write_bytes(full["photo_page"].pdf)
    with pikepdf.open(file) as pdf:
        images = [image.read_raw_bytes() for page in pdf.pages for image in page.get_images().values()]
    assert {sha256(image).hexdigest() for image in images} == set(sample.PHOTOS)


def test_each_inspector_has_exactly_one_box_on_the_page_with_his_name(full):
    record = sample.record()
    for paper in full.values():
        assert [box.field for box in paper.boxes] == [person.field for person in record.inspectors]
        page = pages_of(paper.pdf)[paper.boxes[0].page]
        for person in record.inspectors:
            assert person.name in page
            assert person.certificate_no in page
        (_, low1, _, high1), (_, low2, _, high2) = (box.box for box in paper.boxes)
        assert high2 < low1 < high1
        assert low2 > 26 * 72 / 25.4


def test_announced_photos_are_named_by_number(full):
    assert "照片7已经登记" in text_of(full, "record")
    assert "待补7号" in text_of(full, "photo_page")
    assert "喷漆房排风口" in text_of(full, "photo_page")


def test_recorder_and_technical_persons_have_seats_of_their_own():
    record = sample.record()
    extra = (sample.ink("recorder", "唐晴", record), sample.ink("technician", "孟禾", record))
    text = text_of(rendered(record, sample.ink("party", "䶮安", record), *extra), "record")
    assert "记录人唐晴" in text
    assert "技术人员孟禾" in text


def test_an_inspector_may_sign_by_hand_beside_the_certificate(full):
    record = sample.record()
    signed = rendered(record, sample.ink("party", "䶮安", record), sample.ink("inspector", "周衡", record))
    assert [box.field for box in signed["record"].boxes] == [box.field for box in full["record"].boxes]
    assert text_of(signed, "record").count("由本人以证书电子签名") == 2
    (beside, *_), (alone, *_) = signed["record"].boxes[0].box, full["record"].boxes[0].box
    assert beside > alone


def test_qpdf_finds_nothing_wrong(full, tmp_path):
    for key, paper in full.items():
        file = tmp_path / f"{key}.pdf"
        file.write_bytes(paper.pdf)
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
    done = sample.papers(record, *strokes)["record"]
    text = joined(done.pdf)
    assert all(sentence in text for sentence in sentences)
    assert ("未签名，见核对意见" in text) is not signed
    assert len(done.boxes) == 2


def test_a_witness_signs_beside_the_inspectors():
    record = sample.record(party=party("refused", name="䶮安", reason="不满", witness="唐晴"))
    done = sample.papers(record, sample.ink("witness", "唐晴", record))["record"]
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
    (done,) = sample.papers(record, photos={}).values()
    assert len(pages_of(done.pdf)) == 1
    assert "门牌照片：大门上锁" in joined(done.pdf)
    assert "现场检查表" not in joined(done.pdf)


def test_the_mark_of_an_unconfirmed_office_stands_on_every_page(full):
    record = sample.record()
    unconfirmed = replace(record, office=replace(record.office, confirmed_by_county=False))
    assert all("未经县级确认" in page for paper in rendered(unconfirmed).values() for page in pages_of(paper.pdf))
    assert not any("未经县级确认" in page for paper in full.values() for page in pages_of(paper.pdf))


def test_a_record_says_what_was_seen_and_orders_nothing(full):
    record, text = sample.record(), text_of(full)
    assert {finding.disposal for finding in record.findings} == {"责令限期改正", "当场改正"}
    assert [
        word for word in ("责令", "当场改正", "期限", "2026年3月16日", "发现的问题", "询问记录") if word in text
    ] == []


def test_the_older_rules_have_the_older_title_and_labels():
    record = sample.record(wording="moh-87", title="现场笔录")
    text = text_of(rendered(record), "record")
    assert "现场笔录" in text
    assert "卫生行政机关" in text


def test_markup_and_brackets_in_names_are_text():
    hostile = "<b>甲&乙</b>(){}\\ %s {0} 有限公司"
    record = sample.record(body=replace(sample.record().body, name=hostile))
    assert re.sub(r"\s+", "", hostile) in text_of(rendered(record), "record")


@pytest.mark.parametrize("kilobytes", [1, 4, 40])
def test_very_long_texts_run_over_pages_and_lose_nothing(kilobytes):
    long = "".join(f"第{number}段检查所见。" for number in range(kilobytes * 100))
    base = sample.record()
    answer = replace(base.answers[0], fact=long)
    photo = replace(base.photos[0], caption=long[:4000])
    record = sample.record(situation=(long,), answers=(answer,), photos=(photo, *base.photos[1:]))
    assert text_of(rendered(record)).count(f"第{kilobytes * 100 - 1}段") >= 2


def test_nothing_is_drawn_outside_the_margins():
    long = "很长的名称" * 200
    base = sample.record()
    body = replace(base.body, name=long, address=long)
    record = sample.record(body=body, accompanied_by=long, party=replace(base.party, position="职务" * 30))
    drawn = rendered(record)["record"].pdf
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=drawn, capture_output=True, check=True)
    for found in re.finditer(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', boxes.stdout.decode()):
        left, top, right, bottom = map(float, found.groups())
        assert left >= 79
        assert right <= 523
        assert top >= 36
        assert bottom <= 842 - 14


@pytest.mark.parametrize("count", [0, 1, 75, 300])
def test_any_number_of_answers_is_laid_out(count):
    record = sample.record(answers=tuple(map(sample.answer, range(1, count + 1))))
    sheet = rendered(record).get("checklist")
    text = "\n".join(pages_of(sheet.pdf)) if sheet else ""
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
        sample.papers(sample.record(), photos=dict.fromkeys(sample.PHOTOS, data))


def test_no_photo_and_no_arrival_leave_no_empty_headings():
    papers = rendered(sample.record(arrival=NO_ARRIVAL, photos=()))
    assert "告知事项" not in text_of(papers)
    assert list(papers) == ["record", "checklist"]


@pytest.mark.parametrize("count", range(8, 40, 2))
def test_no_heading_stands_alone_at_the_foot_of_a_page(count):
    base = sample.record()
    answers = tuple(map(sample.answer, range(1, count + 1)))
    record = sample.record(answers=answers, photos=base.photos[:1], situation=base.situation * (count // 8))
    headings = {"告知事项", "现场检查情况", "结果统计", "一并制作的文书", "当事人核对意见", "签名"}
    for paper in rendered(record).values():
        for page in pages_of(paper.pdf):
            content = page.partition("当事人签名（同第")[0].partition("编号：2026")[0].split()
            assert content[-1] not in headings
