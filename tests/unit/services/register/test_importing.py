"""Lists brought into books: own exports come back the same, lists from elsewhere with all their mess."""

from datetime import date, datetime, time
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohdesk.db.models import Setting
from ohdesk.domain.canonical import clean_text
from ohdesk.domain.establishment import uscc_check_character
from ohdesk.domain.list_columns import Choices
from ohdesk.domain.register.definition import Definition, Field, Kind
from ohdesk.domain.register.values import is_shown
from ohdesk.errors import ProblemsError, UserError
from ohdesk.forms.registers import definition, definition_ids
from ohdesk.services.office import people
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.register import entries, listing
from ohdesk.services.register.columns import chosen_columns
from ohdesk.services.register.conditions import EntryQuery
from ohdesk.services.register.export import export_book
from ohdesk.services.register.import_preview import Outcome
from ohdesk.services.register.importing import apply, preview
from ohdesk.services.roll import entries as roll
from ohdesk.services.workbook.reading import read_rows
from tests.conftest import PASSWORD, noon, town_workspace
from tests.visiting import allow_assistants

WRITTEN_HERE = [name for name in definition_ids() if not definition(name).read_only]
TEXTS = (
    "甲",
    "示范一",
    "=1+1",
    "-",
    "ＡＢ c",
    "1,2-二氯乙烷",
    "第一行\n第二行",
    "'引号",
    "_x0041_",
    "2026-03-02",
    "合计以外",
    "𠮷",
)


def workbook(tmp_path, rows, merges=(), name="list.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for each in merges:
        book.active.merge_cells(each)
    target = tmp_path / name
    book.save(target)
    return target


def shown(ctx, register, file, choices=None):
    return preview(ctx, register, read_rows(file), file.name, choices)


def refused(found):
    return [(each.row, each.column, each.found) for each in found.refusals]


def random_text(ctx, field: Field, random: Random, ids: dict[str, str]) -> str:
    fitting = {"month": "2026-02", "sha256": "0f" * 32, "unit": "mg/m3", "device": "0f" * 8}
    if field.key in fitting and field.kind is Kind.TEXT:
        return fitting[field.key]
    match field.kind:
        case Kind.CHOICE:
            return random.choice(field.choices)[0]
        case Kind.CHOICES:
            return " ".join(random.sample([key for key, _ in field.choices], min(2, len(field.choices))))
        case Kind.COUNT:
            least = max(field.least, 0 if field.at_most else 5)
            return str(random.randint(least, min(field.most or 90, least + (4 if field.at_most else 90))))
        case Kind.AMOUNT:
            return random.choice(("12.50", "0.5", "7", "1200.25"))
        case Kind.DAY:
            return f"2026-0{random.randint(1, 9)}-1{random.randint(0, 9)}"
        case Kind.TIME:
            return f"2026-0{random.randint(1, 9)}-11 09:3{random.randint(0, 9)}"
        case Kind.YES_NO:
            return random.choice(("是", "否"))
        case Kind.TEXT | Kind.NOTE if not field.pattern:
            text = random.choice(TEXTS)
            return text.replace("\n", " ") if field.kind is Kind.TEXT else text
        case Kind.ENTRY:
            return entry_of(ctx, field.of or "complaints", random, ids)
    return ids.get(str(field.kind), "")


def entry_of(ctx, register: str, random: Random, ids: dict[str, str]) -> str:
    """An entry of a book, or the id of something that is none."""
    if register not in WRITTEN_HERE:
        return ids["establishment"]
    if register not in ids:
        while register not in ids:
            if entry := add_random(ctx, definition(register), random, ids):
                ids[register] = entry
    return ids[register]


def add_random(ctx, book: Definition, random: Random, ids: dict[str, str]) -> str:
    """Add an entry with random values, some fields left blank; "" where the book does not take it."""
    texts = {
        each.key: random_text(ctx, each, random, ids)
        for each in book.fields
        if not each.computed and (each.required or random.random() < 0.8)
    }
    values = {key: text for key, text in texts.items() if text}
    asked = {each.key for each in book.fields if is_shown(each, values)}
    try:
        texts = {key: text for key, text in values.items() if key in asked}
        return entries.add(ctx, book.id, texts, ids.get(book.about, ""))
    except ProblemsError:
        return ""


@pytest.mark.parametrize("name", WRITTEN_HERE)
def test_an_export_of_a_book_comes_back_the_same_cell_by_cell(ctx, tmp_path, name):
    book, random = definition(name), Random(name)  # noqa: S311 - no secret
    if book.needs_paper:
        allow_assistants(ctx)
    whom = [roll.add(ctx, {"name": text}) for text in ("示范厂", "示范二厂", "示范厂")]
    person = people.add_person(ctx, "孟岚", "inspector", "Z-001", "2027-12-31")
    added = 0
    for firm in whom:
        ids = {"establishment": firm, "person": person}
        added += sum(bool(add_random(ctx, book, random, ids)) for _ in range(5))
    assert added
    target = tmp_path / "book.xlsx"
    count = export_book(ctx, name, target, EntryQuery(), private=True, inside=True).count
    found = shown(ctx, name, target)
    assert refused(found) == []
    assert found.counts == {Outcome.NEW: 0, Outcome.CHANGED: 0, Outcome.SAME: count, Outcome.REPEATED: 0}
    assert {column.why for column in found.not_taken} <= {"computed", "files"}


MESSY = [
    ["石桥镇投诉举报一览表（2026年）"],
    ["填报单位：石桥镇", None, None, "单位：件"],
    [],
    ["序号", "反映内容（摘要）", "收到时间", "企业名称", "来源", "实名/匿名", "是否本镇权限", "领导批示", "备用"],
    [1, "粉尘大\n没有口罩", "2026年3月2日 9:30", "示范厂", "来 电", "实名", "本镇事项", "阅", None],
    [
        2,
        "噪声",
        datetime.combine(date(2026, 3, 3), time(10, 5)),
        "示范二厂",
        "Hotline 12345",
        "匿名",
        "本镇事项",
        None,
        None,
    ],
    ["序号", "反映内容（摘要）", "收到时间", "企业名称", "来源", "实名/匿名", "是否本镇权限", "领导批示", "备用"],
    [],
    [3, "气味", "不记得", "没有这家", "来电", "匿名", "本镇事项", "请核", None],
    [4, "油漆", "2026-03-04 08:00", None, "来访", "匿名", "报县级", None, None],
    ["合计", "4件"],
    ["填表人：孟岚"],
]


def test_a_list_with_every_mess_is_read_and_its_faults_are_named_at_once(ctx, tmp_path):
    firm = roll.add(ctx, {"name": "示范厂"})
    roll.add(ctx, {"name": "示范二厂"})
    file = workbook(tmp_path, MESSY, ["A1:I1", "D5:D5"])
    found = shown(ctx, "complaints", file)
    assert found.rows == 4
    assert [(each.row, each.outcome) for each in found.planned] == [(5, 0), (6, 0), (10, 0)]
    first = next(iter(found.planned))
    assert first.fields == {
        "facts": "粉尘大\n没有口罩",
        "received_at": "2026-03-02T09:30",
        "establishment": firm,
        "source": "phone",
        "identity": "named",
        "within_power": "town",
        "opened_on": "2026-03-02",
        "state": "accepted"
        if "accepted" in {each.key for each in definition("complaints").states}
        else first.fields["state"],
    }
    assert refused(found) == [(9, "收到时间", "不记得"), (9, "企业名称", "“没有这家”，没有登记")]
    assert [(each.letters, each.heading) for each in found.not_taken] == [
        ("A", "序号"),
        ("H", "领导批示"),
        ("I", "备用"),
    ]
    assert any("第 11、12 行" in each for each in found.warnings)


def test_columns_are_chosen_kept_as_they_are_and_remembered(ctx, tmp_path):
    roll.add(ctx, {"name": "示范厂"})
    heading = ["哪天", "厂家", "说了什么", "来源", "实名/匿名", "是否本镇权限", "批示", "批示"]
    row = ["2026-03-02 09:30", "示范厂", "粉尘", "来电", "匿名", "本镇事项", "阅", "快办"]
    file = workbook(tmp_path, [heading, row])
    book = definition("complaints")
    columns = chosen_columns(book, ["A=收到时间", "厂家=establishment", "说了什么＝反映内容"])
    found = shown(ctx, "complaints", file, Choices(columns, ("批示",)))
    assert found.counts[Outcome.NEW] == 1, refused(found)
    assert apply(ctx, found)
    (entry,) = listing.all_rows(ctx, "complaints")
    assert entries.detail(ctx, entry.id).values["kept"] == (("批示 G", "阅"), ("批示 H", "快办"))
    again = shown(ctx, "complaints", file)
    assert again.counts[Outcome.SAME] == 1
    assert again.mapping["received_at"] == "哪天"
    assert again.choices.keeps(again.not_taken[0])
    with pytest.raises(UserError, match="没有这些列"):
        shown(ctx, "complaints", file, Choices({"没有": "facts"}))
    with pytest.raises(UserError, match="看不懂"):
        chosen_columns(book, ["A=没有这个字段"])


def test_a_heading_is_never_taken_from_a_row_of_data(ctx, tmp_path):
    rows = [
        ["2026-03-02 09:30", "来电", "匿名", "本镇事项", "来源"],
        ["2026-03-03 09:30", "来访", "实名", "报县级", "状态"],
    ]
    found = shown(ctx, "complaints", workbook(tmp_path, rows))
    # Without a heading the words of the choices tell; of the only column of times two fields could be meant.
    assert found.rows == 2
    assert found.mapping["source"] == "B"
    assert any("必填的列" in each and "反映内容" in each for each in found.warnings)
    book = [["收到时间", "来源", "实名/匿名", "是否本镇权限", "反映内容"], *rows]
    headed = shown(ctx, "complaints", workbook(tmp_path, book))
    assert headed.counts[Outcome.NEW] == 2
    assert headed.sheets[0].layout.bottom == 0


def test_changes_are_shown_with_old_and_new_and_can_be_declined_one_by_one(ctx, tmp_path):
    firm = roll.add(ctx, {"name": "示范厂"})
    texts = {"received_at": "2026-03-02 09:30", "source": "phone", "identity": "anonymous", "facts": "粉尘"}
    entry = entries.add(ctx, "complaints", {**texts, "within_power": "town"}, firm)
    number = entries.detail(ctx, entry).values["number"]
    file = workbook(tmp_path, [["编号", "反映内容", "来源", "办理期限"], [number, "噪声", "来访", None]])
    found = shown(ctx, "complaints", file)
    (planned,) = found.planned
    assert planned.entry == entry
    assert planned.fields == {"facts": "噪声", "source": "visit"}
    assert planned.before == {"facts": "粉尘", "source": "phone"}
    assert apply(ctx, found, declined=[(planned.sheet, planned.row, "source")])
    values = entries.detail(ctx, entry).values
    assert (values["facts"], values["source"]) == ("噪声", "phone")


def test_what_changed_after_the_preview_is_not_written_over(ctx, tmp_path):
    firm = roll.add(ctx, {"name": "示范厂"})
    texts = {"received_at": "2026-03-02 09:30", "source": "phone", "identity": "anonymous", "facts": "粉尘"}
    entry = entries.add(ctx, "complaints", {**texts, "within_power": "town"}, firm)
    number = entries.detail(ctx, entry).values["number"]
    found = shown(ctx, "complaints", workbook(tmp_path, [["编号", "反映内容"], [number, "噪声"]]))
    entries.correct(ctx, entry, {"facts": "振动"})
    with pytest.raises(UserError, match="有了改动"):
        apply(ctx, found)
    assert entries.detail(ctx, entry).values["facts"] == "振动"


def test_an_import_that_is_cancelled_leaves_nothing(ctx, tmp_path):
    heading = ["收到时间", "来源", "实名/匿名", "是否本镇权限", "反映内容"]
    rows = [["2026-03-02 09:30", "来电", "匿名", "本镇事项", f"第{number}件"] for number in range(1200)]
    found = shown(ctx, "complaints", workbook(tmp_path, [heading, *rows]), Choices({"反映内容": "facts"}))

    def cancel(done, _whole):
        if done >= 500:
            raise UserError("停")

    with pytest.raises(UserError, match="停"):
        apply(ctx, found, cancel)
    assert listing.all_rows(ctx, "complaints") == []
    assert remembered_nothing(ctx)


def remembered_nothing(ctx) -> bool:
    with ctx.reading() as session:
        return session.get(Setting, "columns/complaints") is None


def test_a_personal_number_is_named_and_goes_into_no_book(ctx, tmp_path):
    heading = ["收到时间", "来源", "实名/匿名", "是否本镇权限", "反映内容"]
    row = ["2026-03-02 09:30", "来电", "匿名", "本镇事项", "工人 11010519491231002X 说有粉尘"]
    found = shown(ctx, "complaints", workbook(tmp_path, [heading, row]))
    assert found.counts[Outcome.NEW] == 0
    assert refused(found) == [(2, "反映内容", "11**************2X")]


def test_numbers_of_the_list_are_kept_and_none_is_given_twice(ctx, tmp_path):
    heading = ["编号", "收到时间", "来源", "实名/匿名", "是否本镇权限", "反映内容"]
    rest = ["2026-03-02 09:30", "来电", "匿名", "本镇事项"]
    first = entries.next_numbers
    with ctx.reading() as session:
        number = next(first(ctx, session, definition("complaints")))
    rows = [[None, *rest, "一"], [number, *rest, "二"], [number, *rest, "三"]]
    found = shown(ctx, "complaints", workbook(tmp_path, [heading, *rows]))
    assert refused(found) == [(4, "编号", number)]
    apply(ctx, found)
    by_facts = {row.values["facts"]: row.number for row in listing.all_rows(ctx, "complaints")}
    assert by_facts["二"] == number
    assert len(set(by_facts.values())) == 2


def test_a_merged_cell_stands_for_each_of_its_rows(ctx, tmp_path):
    firm = roll.add(ctx, {"name": "示范厂"})
    heading = ["单位", "收到时间", "来源", "实名/匿名", "是否本镇权限", "反映内容"]
    rest = ["2026-03-02 09:30", "来电", "匿名", "本镇事项"]
    file = workbook(tmp_path, [heading, ["示范厂", *rest, "一"], [None, *rest, "二"]], ["A2:A3"])
    found = shown(ctx, "complaints", file)
    assert [each.fields["establishment"] for each in found.planned] == [firm, firm]


def test_an_employer_is_told_by_code_whatever_the_heading(ctx, tmp_path):
    beginnings = [f"91440101{number:09}" for number in (1, 2, 3)]
    codes = [each + uscc_check_character(each) for each in beginnings]
    firms = [roll.add(ctx, {"name": "连锁店", "uscc": code}) for code in codes[:2]]
    heading = ["本单位代号", "收到时间", "来源", "实名/匿名", "是否本镇权限", "反映内容"]
    rest = ["2026-03-02 09:30", "来电", "匿名", "本镇事项"]
    rows = [[code, *rest, f"第{number}件"] for number, code in enumerate(codes)]
    found = shown(ctx, "complaints", workbook(tmp_path, [heading, *rows]))
    assert [each.fields["establishment"] for each in found.planned] == firms
    assert [row for row, _, _ in refused(found)] == [4]


texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=12)
lines = st.fixed_dictionaries(
    {
        "received_at": st.tuples(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.times()).map(
            lambda at: f"{at[0]} {at[1]:%H:%M}"
        ),
        "source": st.sampled_from(["来电", "来访", "12345工单"]),
        "identity": st.sampled_from(["实名", "匿名"]),
        "within_power": st.sampled_from(["本镇事项", "报县级"]),
        # What begins so is a formula to whoever writes this file.
        "facts": texts.map(str.strip).filter(lambda text: text and not text.startswith("=")),
    }
)


@settings(max_examples=10)
@given(rows=st.lists(lines, min_size=1, max_size=8, unique_by=lambda row: row["facts"]), random=st.randoms())
def test_what_is_imported_is_exported_the_same(tmp_path_factory, rows, random):
    """Whatever the order of the columns; what is written is what canonical text makes of it."""
    folder = tmp_path_factory.mktemp("town")
    book = definition("complaints")
    keys = random.sample(sorted(rows[0]), len(rows[0]))
    headings = [listing.heading(book, key) for key in keys]
    file = workbook(folder, [["台账"], headings, *([row[key] for key in keys] for row in rows)])
    with open_workspace(town_workspace(folder / "town"), "李旸", PASSWORD, noon) as ctx:
        found = shown(ctx, "complaints", file)
        clean = [row for row in rows if row["facts"] == clean_text(row["facts"])]
        assert found.counts[Outcome.NEW] == len(rows), refused(found)
        apply(ctx, found)
        target = folder / "out.xlsx"
        export_book(ctx, "complaints", target, EntryQuery(), private=True)
        sheet = openpyxl.load_workbook(target).active
        first, *rest = sheet.iter_rows(values_only=True)
        exported = [dict(zip(first, row, strict=True)) for row in rest]
        held = {tuple(row[heading] for heading in headings) for row in exported}
        assert {tuple(row[key] for key in keys) for row in clean} <= held
        assert shown(ctx, "complaints", target).counts[Outcome.SAME] == len(rows)


def test_what_is_kept_of_a_list_stands_in_the_export_and_comes_back_the_same(ctx, tmp_path):
    roll.add(ctx, {"name": "示范厂"})
    heading = [
        "收到时间",
        "单位",
        "反映内容",
        "来源",
        "实名/匿名",
        "是否本镇权限",
        "领导 批示",
        "批示：",
        "批示：",
        "次数（2024）",
    ]
    row = ["2026-03-02 09:30", "示范厂", "粉尘", "来电", "匿名", "本镇事项", " 阅\n办 ", "无", "快办", "3 次"]
    file = workbook(tmp_path, [heading, row, [*row[:2], "噪声", *row[3:6]]])
    found = shown(ctx, "complaints", file, Choices({}, ("all",)))
    assert found.counts[Outcome.NEW] == 2, (refused(found), found.warnings, found.mapping)
    assert apply(ctx, found)
    target = tmp_path / "book.xlsx"
    export_book(ctx, "complaints", target, EntryQuery(), private=True)
    sheet = openpyxl.load_workbook(target).active
    beside = [cell.value for cell in sheet[1]][-4:]
    assert all(each.endswith("（按原样保留）") for each in beside), beside
    again = shown(ctx, "complaints", target)
    assert refused(again) == []
    assert again.counts[Outcome.SAME] == 2
    left = [each for each in again.not_taken if not again.choices.keeps(each)]
    assert {each.why for each in left} <= {"computed", "files"}, left
