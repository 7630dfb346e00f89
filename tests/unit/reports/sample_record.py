"""An invented record to print: every part filled, names with rare characters, all four answers."""

import math
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

from PIL import Image

from ohdesk.domain.canonical import fingerprint
from ohdesk.domain.record import (
    FORMAT,
    AnswerLine,
    Arrival,
    FindingLine,
    InspectedBody,
    InspectionRecord,
    Office,
    PartyStatement,
    PhotoLine,
    Signatory,
    Signer,
    StrokeSet,
    Way,
)
from ohdesk.forms.papers import edition, papers_of, record_forms
from ohdesk.reports.edition import RENDERER
from ohdesk.reports.papers import RenderedPaper
from ohdesk.reports.record_papers import RecordDrawing, render_record_paper

WORDS = {"met": "合格", "not_met": "不合格", "not_applicable": "合理缺项", "not_inspected": "未检查"}
SECTIONS = ("管理机构与制度", "危害告知与警示", "检测与监测", "防护设施与用品", "职业健康监护")
TEXTS = (
    "是否设置或者指定职业卫生管理机构，配备专职或者兼职的职业卫生管理人员？",
    "醒目位置是否设置公告栏，公布有关职业病防治的规章制度、操作规程和检测结果？",
    "产生严重职业病危害的岗位，是否设置警示标识和中文警示说明（含产生职业病危害的种类、后果、预防以及应急措施）？",
    "通风除尘设施是否正常运行？",
    "是否按照规定组织上岗前、在岗期间和离岗时的职业健康检查，并将检查结果书面告知劳动者？",
)


def jpeg(number: int, size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a small JPEG, different for each number."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.paste((number * 37 % 256, 90, 160), (20 * number % 200, 40, 20 * number % 200 + 80, 160))
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


PHOTOS = {sha256(data).hexdigest(): data for data in map(jpeg, range(1, 7))}


def answer(number: int) -> AnswerLine:
    """Return the checklist line of that number; the answers take turns."""
    value = ("met", "met", "met", "not_met", "met", "not_applicable", "met", "not_inspected")[number % 8]
    return AnswerLine(
        number=number,
        question=f"EMP-{number:03d}",
        section=SECTIONS[(number - 1) // 14 % len(SECTIONS)],
        text=TEXTS[number % len(TEXTS)],
        answer=value,
        word=WORDS[value],
        remark={"not_applicable": "本单位没有该类岗位。", "not_inspected": "设备检修，当日未运行。"}.get(value, ""),
        fact="打磨岗位 3 台除尘风机停用，操作位可见粉尘外逸。" if value == "not_met" else "",
        details=("抽查 5 人，2 人未佩戴防尘口罩",) if value == "not_met" else (),
        duty=("《职业病防治法》第二十二条第一款",),
        photos=(1, 2) if number == 11 else (),
    )


def photo_lines() -> tuple[PhotoLine, ...]:
    """Return six photos that are there, and one announced."""
    there = [
        PhotoLine(
            number=number,
            sha256=digest,
            original_sha256=digest[::-1],
            caption=f"打磨车间 {number} 号工位，除尘罩脱落",
            place="一号厂房打磨车间",
            taken_at="2026-03-02T02:15:00Z",
            clock_error=0,
            attached_at="2026-03-02T03:40:00Z",
            taken_by="周衡",
            question="EMP-011",
        )
        for number, digest in enumerate(PHOTOS, start=1)
    ]
    announced = replace(
        there[0],
        number=7,
        sha256="",
        original_sha256="",
        attached_at="",
        caption="喷漆房排风口，使用执法记录仪拍摄",
        question="EMP-003",
    )
    return (*there, announced)


def record(**changes: object) -> InspectionRecord:
    """Return the record, with fields replaced."""
    base = InspectionRecord(
        fmt=FORMAT,
        renderer=RENDERER,
        wording="moj-2025",
        forms_sha256=edition(record_forms(papers_of("moj-2025"), "entrusted")),
        number="2026-0001",
        title="现场检查笔录",
        office=Office(
            authority="云屏县卫生健康局",
            division="000000001",
            mode="entrusted",
            mode_name="受委托",
            confirmed_by_county=True,
        ),
        body=InspectedBody(
            id="01900000-0000-7000-8000-000000000001",
            name="岚石五金制品有限公司",
            uscc="91000000MA0000001X",
            address="云屏县青禾镇工业大道 18 号",
            legal_representative="𠅤明",
            person_in_charge="䶮安",
            phone="000-0000000",
        ),
        visit="01900000-0000-7000-8000-000000000002",
        draw="",
        kind="daily",
        kind_name="日常检查",
        started_at="2026-03-02T01:00:00Z",
        ended_at="2026-03-02T03:40:00Z",
        means="",
        place="云屏县青禾镇工业大道 18 号一号厂房",
        inspectors=(
            Signatory(
                person="p1", name="周衡", certificate_no="00000000001", unit="青禾镇人民政府", field="inspector1"
            ),
            Signatory(
                person="p2", name="𬭎之", certificate_no="00000000002", unit="青禾镇人民政府", field="inspector2"
            ),
        ),
        assistants=(Signatory(person="p3", name="田禾", certificate_no="", unit="青禾镇人民政府"),),
        accompanied_by="䶮安，安全主管，被检查单位职工",
        arrival=Arrival(
            code_way="出示检查码，由当事人扫码",
            code_at="2026-03-02T01:02:00Z",
            notice_given="当场出示并交付《行政检查通知书》",
            certificates_shown="两名检查人员均已出示执法证件",
            rights_told="已告知陈述、申辩和申请回避的权利",
            recusal_answer="清楚，不申请回避。",
        ),
        outcome="checked",
        outcome_name="完成检查",
        outcome_proof="",
        form="employer",
        form_version="2025.1",
        form_sha256="f0" * 32,
        form_title="用人单位职业卫生检查表",
        situation=(
            "该单位从事五金打磨加工，现有从业人员 86 人，其中接触粉尘、噪声的 39 人，实行两班制。",
            (
                "检查时一号厂房打磨岗位正在生产，共有 6 个打磨工位，其中 3 个工位的局部排风罩软管脱落，风机停用；"
                "其余 3 个工位风机运行。车间入口设有公告栏，公布了检测结果。抽查 5 名打磨工，2 名未佩戴防尘口罩。"
            ),
            "查阅了 2025 年职业病危害因素检测报告、2025 年在岗期间职业健康检查报告和劳动者名册。",
        ),
        answers=tuple(map(answer, range(1, 69))),
        findings=(
            FindingLine(
                number=1,
                question="EMP-011",
                fact="打磨岗位 3 台除尘风机停用，操作位可见粉尘外逸。",
                duty=("《职业病防治法》第二十二条第一款",),
                evidence="照片 1、2；现场询问记录",
                disposal="责令限期改正",
                due_on="2026-03-16",
            ),
            FindingLine(
                number=2,
                question="EMP-019",
                fact="抽查 5 名打磨工，2 名未佩戴防尘口罩。",
                duty=("《职业病防治法》第三十四条第一款",),
                evidence="照片 3",
                disposal="当场改正",
                due_on="",
            ),
        ),
        photos=photo_lines(),
        party=PartyStatement(way=Way.SIGNED, name="䶮安", position="安全主管"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def papers(
    of: InspectionRecord, *strokes: StrokeSet, photos: dict[str, bytes] = PHOTOS, across: str = ""
) -> dict[str, RenderedPaper]:
    """Return every paper of a record, drawn by the forms of its set."""
    forms = record_forms(papers_of(of.wording), of.office.mode)
    drawing = RecordDrawing(forms, of, fingerprint(of), strokes, photos, across=across)
    return {key: render_record_paper(key, drawing) for key in of.papers}


def ink(role: str, name: str, of: InspectionRecord, phase: float = 0.0) -> StrokeSet:
    """Return a signature of three loops on a pad of 120 by 50 mm."""
    strokes = tuple(
        tuple(
            (
                round(2000 + 2600 * stroke + 1100 * math.sin(step / 6 + phase) + 18 * step),
                round(2500 + 900 * math.cos(step / 5 + stroke + phase)),
                500,
            )
            for step in range(50)
        )
        for stroke in range(3)
    )
    return StrokeSet(
        role=Signer(role),
        name=name,
        at="2026-03-02T03:45:00Z",
        record_sha256=fingerprint(of),
        width=12000,
        height=5000,
        strokes=strokes,
    )
