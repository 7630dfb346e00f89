"""What papers are filled with to be looked at: usual values, the largest there are, and only what is required."""

from typing import Any

from ohdesk.domain.register.definition import Field, Kind, word
from ohdesk.forms.paper_places import LISTS, places_of
from ohdesk.forms.papers import PaperForm
from ohdesk.reports.papers import Filling
from tests.unit.reports import sample_record

NAME = "江门市蓬江区棠下镇琥珀精密五金电镀喷涂有限公司"
LONGEST = "江门市蓬江区棠下镇" + "琥珀精密五金电镀喷涂粉末冶金" * 7 + "㙟𬴃䶮堃骉五金有限责任公司"
SHA256 = next(iter(sample_record.PHOTOS))
OFFICE = {
    "authority": "棠下镇人民政府",
    "division_name": "棠下镇",
    "region": "江蓬",
    "office_address": "棠下镇金桐路1号三楼",
    "office_phone": "0750-0000000",
    "today": "2026年12月4日",
    "issued_on": "2026年12月4日",
    "number": "2026—001",
    "copies": "2",
    "mode_name": "以镇街名义",
    "basis": "县级公布的职权目录第3项",
    "review_body": "蓬江区人民政府",
    "review_days": "60",
    "court": "有管辖权的人民法院",
    "court_months": "6",
    "annexed_to": "江蓬卫职责改〔2026〕001号",
}
ESTABLISHMENT = {
    "name": NAME,
    "uscc": "910000000000000000",
    "address": "棠下镇金桐八路18号",
    "legal_representative": "欧阳㙟",
    "person_in_charge": "李堃",
    "phone": "0750-1111111",
}
VISIT = {
    "matter": "用人单位职业卫生检查表",
    "kind_name": "日常检查",
    "source": "双随机抽查",
    "reason": "按年度抽查计划",
    "task_number": "2026-003",
    "way": "现场检查",
    "planned_on": "2026年12月3日",
    "started_at": "2026年12月3日 09:30",
    "period": "2026年12月3日 09:30 至 2026年12月3日 11:50",
    "place": "电镀车间、喷涂车间",
    "inspectors": "张三（执法证号 00000001）、李四（执法证号 00000002）",
    "assistants": "王五",
    "recorder": "李四",
    "accompanied_by": "郑一（安全部经理）",
    "outcome": "发现问题已责令改正",
    "counted": "本年度已检查 1 次，公布的上限 2 次",
    "approval": "2026年12月1日批准",
    "needed_papers": "申报回执、检测报告、体检总结报告",
    "rights": "县级印发的权利告知，逐字。",
    "prohibitions": "县级印发的提示，逐字。",
    "record_number": "2026-0012",
    "record_title": "现场检查笔录",
    "form_title": "用人单位职业卫生检查表",
    "form_version": "2026.2",
    "counts": "检查表共 2 项：合格 1 项，不合格 1 项。",
}
DRAW = {
    "plan": "双随机2026-03",
    "draw_number": "2",
    "draw_title": "2026年第四季度抽查",
    "draw_matter": "用人单位职业病防治情况",
    "draw_basis": "上级抽查方案",
}
TYPED = {
    Kind.TEXT: "郑一",
    Kind.NOTE: "1. 喷台安装有效的排风设施。\n2. 为劳动者配备防毒口罩。",
    Kind.COUNT: "2026",
    Kind.AMOUNT: "1.5",
    Kind.DAY: "2026年12月30日",
    Kind.TIME: "2026年12月3日 10:20",
    Kind.YES_NO: "是",
    Kind.PERSON: "王五",
}
FACT = "喷涂车间3号岗位局部排风罩的风机皮带断裂，现场2名劳动者未佩戴防毒口罩，甲苯浓度为 62 mg·m⁻³"
FINDING = {"number": "7", "fact": FACT, "duty": "《职业病防治法》（2018年修正）第二十二条第一款"}
ITEMS: dict[str, dict[str, Any]] = {
    "findings": FINDING,
    "answers": {"section": "防护", "text": "设置防护设施", "word": "不合格", "remark": FACT, "not_met": "是"},
    "photos": {"sha256": SHA256, "heading": "照片 1", "lines": ["3号岗位", "时间：2026年12月3日 09:50"]},
    "evidence": {
        "name": "检测报告复印件",
        "source": "郑一提供",
        "made_at": "2026年12月3日",
        "sha256": SHA256,
        "pages": "12",
    },
    "papers": {"title": "现场检查笔录", "number": "2026-0012", "day": "2026年12月3日", "pages": "3"},
    "annexes": {"title": "现场检查表（编号 2026-0012-1）"},
    "steps": {"label": "出示证件", "text": "已出示"},
    "situation": {"text": FACT + "。"},
    "statement": {"text": "以上记录已经核对，与现场情况相符。"},
    "particulars": {"label": "抽取时间", "text": "2026年11月30日 10:00"},
    "pairs": {"label": "劳动者人数", "text": "120", "beside": "接害人数", "text_beside": "45"},
    "open_findings": {"number": "7", "fact": FACT, "standing": "整改中　期限 2026-12-30　笔录 2026—001"},
    "dues": {"what": "投诉举报：回复", "state": "办理中", "due": "2026-12-10"},
    "earlier": {"day": "2026-06-01", "who": "张三、李四", "why": "日常检查", "result": "笔录 2026—001，问题 2 个"},
    "pool": {"label": "参加抽取", "text": "100 家"},
    "left_out_reasons": {"reason": "本年度已检查", "count": "20"},
    "quotas": {"stratum": "丙", "size": "100", "quota": "1/5，至少 3 家", "drawn": "20"},
    "firms": {
        "stratum": "丙",
        "name": NAME,
        "id": "910000000000000000",
        "address": "棠下镇金桐八路18号",
        "lead": "张三\n（00000001）",
        "others": "李四\n（00000002）",
        "ticket": "0123456789abcdef",
        "outcome": "抽查未发现问题",
    },
    "team": {"label": "每组人数", "text": "2 人"},
    "people": {"number": "00000001", "person": "张三", "reason": "可任主检"},
    "proof": {"label": "随机种子", "text": "123456"},
    "voided": {"text": "第 1 次抽取已作废。原因：见证人未到"},
}


def usual(form: PaperForm) -> Filling:
    """A paper as it is made day by day: everything known, one or two of each list."""
    return _filling(form, {field.key: _typed(field) for field in form.asked}, 2)


def largest(form: PaperForm) -> Filling:
    """A paper of an employer with the longest name, rare characters, and twenty of everything."""
    typed = {field.key: _typed(field) for field in form.asked}
    return _filling(form, typed, 20, {"name": LONGEST, "address": LONGEST[:100], "place": LONGEST})


def barest(form: PaperForm) -> Filling:
    """A paper of which nothing is known that may be wanting."""
    typed = {field.key: _typed(field) if field.required else "" for field in form.asked}
    kept = {"authority", "name", "number", "basis", "rights", "prohibitions", "plan", "draw_number", "annexed_to"}
    emptied = dict.fromkeys({*OFFICE, *ESTABLISHMENT, *VISIT, *DRAW} - kept, "")
    return _filling(form, typed, 1 if form.needs == ("order",) else 0, emptied)


def _filling(form: PaperForm, typed: dict[str, str], count: int, more: dict[str, str] | None = None) -> Filling:
    known = {**OFFICE, **ESTABLISHMENT, **VISIT, **DRAW, **(more or {})}
    places = {place: known.get(place, "") for place in places_of(form.about)}
    used = {block.list_of for block in form.blocks}  # a list and a place may have one name
    lists = {key: [_item(key, number) for number in range(count)] for key in LISTS if key in used or key not in places}
    return Filling(values={**places, **lists, **typed}, photos=sample_record.PHOTOS)


def _item(key: str, number: int) -> dict[str, Any]:
    counted = {"number": str(number + 1)} if key == "answers" else {}
    return {
        **dict.fromkeys(LISTS[key], ""),
        "columns": ("岗位",),
        "rows": (("喷涂",),),
        **ITEMS.get("findings" if key == "ordered" else key, {}),
        **counted,
    }


def _typed(field: Field) -> str:
    if field.choices:
        return word(dict(field.choices).get(field.default, field.choices[0][1]))
    return field.default if field.kind is Kind.NOTE and field.default else TYPED[field.kind]
