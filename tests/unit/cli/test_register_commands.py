"""`ohdesk register`: a book added by its file alone, written, listed, exported."""

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

COMPLAINTS = """
id = "hotline"
version = "2026.1"
title.zh = "热线登记簿"
title.en = "Hotline"
about = "establishment"
travels = "no"
number = "热〔{year}〕{serial:03}"
[[field]]
key = "received_on"
label.zh = "收到日期"
kind = "day"
required = true
[[field]]
key = "caller"
label.zh = "来电人"
private = true
[[field]]
key = "source"
label.zh = "来源"
kind = "choice"
choices = [{ key = "hotline", zh = "12345工单" }, "来访"]
[[field]]
key = "workers"
label.zh = "涉及人数"
kind = "count"
[[state]]
key = "open"
label.zh = "办理中"
to = ["answered"]
[[state]]
key = "answered"
label.zh = "已答复"
[list]
columns = ["number", "received_on", "establishment", "source", "state"]
[workbook]
layout = ["received_on", "establishment", "source"]
headings = { received_on = "来电时间" }
"""


@pytest.fixture
def hotline(run, tmp_path):
    file = tmp_path / "hotline.toml"
    file.write_text(COMPLAINTS, "utf-8")
    assert run("register", "check", file) == {"id": "hotline", "fields": ["received_on", "caller", "source", "workers"]}
    assert run("register", "install", file) == {"id": "hotline"}
    return "hotline"


def test_a_book_is_added_by_its_file_alone_and_does_all_that_books_do(run, hotline, tmp_path):
    assert hotline in [each["id"] for each in run("register", "list")]
    run("roll", "add", "--set", "单位名称=石桥五金厂")
    made = run(
        *("register", "add", hotline, "--about", "石桥五金厂", "--set", "received_on=2026-03-02"),
        *("--set", "source=12345工单", "--set", "caller=某人", "--set", "workers=12"),
    )
    assert made["number"].startswith("热〔2")
    run("register", "add", hotline, "--set", "received_on=2026-02-01", "--set", "source=来访")
    (first,) = run("register", "list", hotline, "--filter", "source=hotline")
    assert first == {
        "id": made["id"],
        "number": made["number"],
        "state": "open",
        "about": "石桥五金厂",
        "due_on": "",
        "values": {"received_on": "2026-03-02", "source": "hotline", "caller": "某人", "workers": 12},
    }
    assert [each["values"]["source"] for each in run("register", "list", hotline, "--sort", "received_on")] == [
        "来访",
        "hotline",
    ]
    run(
        "register", "set", hotline, made["number"], "--set", "state=answered", "--set", "workers=13", "--reason", "核实"
    )
    assert run("register", "show", hotline, made["id"])["values"]["workers"] == 13
    history = run("register", "history", hotline, made["id"])
    assert {"state", "workers"} == {each["field"] for each in history if each["reason"] == "核实"}
    out = tmp_path / "out.xlsx"
    assert run("register", "export", hotline, "--out", out, "--private")["count"] == 2
    rows = list(openpyxl.load_workbook(out).active.iter_rows(values_only=True))
    assert rows[0][:4] == ("来电时间", "单位", "来源", "编号")
    assert "来电人" in rows[0]
    assert ("2026-03-02", "石桥五金厂", "12345工单") in [row[:3] for row in rows]
    assert 13 in rows[2] + rows[1]
    run("register", "withdraw", hotline, made["id"], "--reason", "重复登记")
    assert len(run("register", "list", hotline)) == 1


def test_the_roll_is_a_book_among_the_books(run, tmp_path):
    made = run("register", "add", "roll", "--set", "单位名称=石桥五金厂", "--set", "地址=东路1号")
    run("register", "add", "roll", "--set", "单位名称=青禾家具厂")
    (row,) = run("register", "list", "roll", "--filter", "address~东路")
    assert (row["id"], row["state"], row["values"]["name"]) == (made["id"], "在业", "石桥五金厂")
    assert row.keys() == {"id", "number", "state", "about", "due_on", "values"}
    assert run("register", "set", "roll", "石桥五金厂", "--set", "地址=西路2号", "--reason", "搬迁")["changed"]
    assert run("register", "show", "roll", row["number"])["values"]["address"] == "西路2号"
    assert run("register", "history", "roll", made["id"])[0]["reason"] == "搬迁"
    run("register", "undo", "roll", "--edit")
    assert run("register", "show", "roll", made["id"])["values"]["address"] == "东路1号"
    run("register", "undo", "roll", "--redo")
    assert run("register", "show", "roll", made["id"])["values"]["address"] == "西路2号"
    assert run("register", "export", "roll", "--out", tmp_path / "roll.xlsx")["count"] == 2
    assert "roll close" in run("register", "withdraw", "roll", made["id"], "--reason", "关闭", status=1)
    assert "status" in run("register", "list", "roll", "--state", "在业", status=1)


def test_what_stays_here_is_exported_only_when_somebody_answers_for_it(run, hotline, tmp_path):
    run("register", "add", hotline, "--set", "received_on=2026-03-02", "--set", "caller=金丝雀")
    plain, whole = tmp_path / "plain.xlsx", tmp_path / "whole.xlsx"
    assert "--private" in run("register", "export", hotline, "--out", plain, status=1)
    assert not plain.exists()
    run("register", "export", hotline, "--out", whole, "--private")
    assert "金丝雀" in str(list(openpyxl.load_workbook(whole).active.iter_rows(values_only=True)))


def test_what_means_nothing_is_refused_with_what_there_is(run, hotline, tmp_path):
    assert "hotline" in run("register", "list", "nothing", status=1)
    assert "来电人" in run("register", "add", hotline, "--set", "nobody=x", status=1)
    assert "--filter" in run("register", "list", hotline, "--filter", "received_on", status=1)
    assert "没有" in run("register", "show", hotline, "9", status=1)
    broken = tmp_path / "broken.toml"
    broken.write_text(COMPLAINTS.replace("hotline", "broken").replace('"day"', '"date"'), "utf-8")
    said = run("register", "check", broken, status=1)
    assert "received_on" in said
    assert "date" in said
    assert run("register", "install", broken, status=1) == said


def test_a_view_lists_what_its_book_says_and_an_unknown_one_is_named(run):
    assert run("register", "list", "equipment", "--view", "due") == []
    run("register", "add", "equipment", "--set", "title=声级计", "--set", "kind=sound", "--set", "serial=7")
    dated = ("--set", "title=声级计", "--set", "kind=sound", "--set", "serial=8", "--set", "valid_to=2020-01-02")
    run("register", "add", "equipment", *dated)
    assert [each["values"]["serial"] for each in run("register", "list", "equipment", "--view", "due")] == ["8"]
    assert run("register", "list", "equipment", "--view", "due", "--filter", "serial=7") == []
    assert "due_soon" in run("register", "list", "equipment", "--view", "none", status=1)


def test_a_list_is_shown_brought_in_taken_back_and_done_again(run, hotline, tmp_path):
    run("register", "add", hotline, "--set", "received_on=2026-03-02", "--set", "workers=3")
    out = tmp_path / "out.xlsx"
    run("register", "export", hotline, "--private", "--out", out)
    assert len(run("register", "preview", hotline, out)["same"]) == 1
    book = openpyxl.load_workbook(out)
    beside = book.active.max_column + 1
    book.active.append(["2026年3月5日", None, "来 访", None, None, "约20人"])
    book.active.cell(1, beside).value, book.active.cell(3, beside).value = "批示", "阅"
    changed = {cell.value: cell.column for cell in book.active[1]}
    book.active.cell(2, changed["涉及人数"]).value = "4"
    book.active.cell(3, changed["涉及人数"]).value = "约20人"
    book.active.cell(4, 1).value = "不是日期"
    book.save(out)
    seen = run("register", "preview", hotline, out, "--keep", "批示")
    assert seen["rows"] == 3
    assert seen["mapping"]["received_on"] == "来电时间"
    assert seen["not_taken"][-1] == {"column": get_column_letter(beside), "heading": "批示", "kept": True}
    assert seen["new"] == [3]
    assert [each["fields"] for each in seen["changed"]] == [{"workers": [3, 4]}]
    (refused,) = seen["refused"]
    assert (refused["sheet"], refused["row"], refused["column"], refused["found"]) == (
        "热线登记簿",
        4,
        "来电时间",
        "不是日期",
    )
    assert len(run("register", "list", hotline)) == 1
    done = run("register", "import", hotline, out, "--keep", "批示")
    assert done["batch"]
    assert sorted(each["values"]["workers"] for each in run("register", "list", hotline)) == [4, 20]
    (listed, *_) = run("register", "undo", hotline, "--list")
    assert (listed["reason"], listed["writes"], listed["batch"]) == ("out.xlsx", 2, done["batch"])
    assert run("register", "undo", hotline, "out.xlsx") == {"withdrawn": 1, "restored": 1}
    assert [each["values"]["workers"] for each in run("register", "list", hotline)] == [3]
    assert run("register", "undo", hotline, "--redo") == {"withdrawn": 0, "restored": 2}
    assert "看不懂" in run("register", "preview", hotline, out, "--map", "A=没有", status=1)


def test_files_are_attached_listed_written_out_and_removed(run, tmp_path):
    letter = tmp_path / "来函.pdf"
    letter.write_bytes(b"%PDF-1.4 letter")
    made = ["--set", "title=宣传周", "--set", "kind=week", "--set", "held_on=2026-03-02", "--set", "people=40"]
    entry = run("register", "add", "activities", *made)["id"]
    assert run("register", "attach", "activities", entry, letter, "--field", "files")["changed"]
    (held,) = run("register", "files", "activities", entry, "--out", tmp_path)
    assert (held["field"], held["name"], held["size"]) == ("files", "来函.pdf", 15)
    assert (tmp_path / "来函_2.pdf").read_bytes() == letter.read_bytes()
    run("register", "detach", "activities", entry, "来函.pdf")
    assert run("register", "files", "activities", entry) == []
