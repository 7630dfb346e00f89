"""`ohdesk roll` and `ohdesk register`: columns of a list said, kept and remembered, changes declined."""

import openpyxl


def saved(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_list_of_employers_is_said_kept_and_declined_by_command(run, tmp_path):
    head = ("单位名称", "哪里", "电话", "批示")
    path = saved(tmp_path / "a.xlsx", head, ("青沐竹器厂", "东路1号", "000-1", "阅"))
    seen = run("roll", "preview", path, "--map", "哪里=地址", "--keep", "all")
    assert seen["accepted"][0]["fields"]["address"] == "东路1号"
    assert seen["accepted"][0]["kept"] == {"批示": "阅"}
    assert seen["not_taken"] == [{"sheet": "Sheet", "column": "D", "heading": "批示", "kept": True}]
    run("roll", "import", path, "--map", "哪里=地址", "--keep", "批示")
    later = saved(tmp_path / "b.xlsx", head, ("青沐竹器厂", "西路2号", "000-2", "缓"))
    (changed,) = run("roll", "preview", later)["changed"]  # as was said of this shape
    assert changed["fields"] == {
        "address": ["东路1号", "西路2号"],
        "phone": ["000-1", "000-2"],
        "kept": [[["批示", "阅"]], [["批示", "缓"]]],
    }
    assert "不是预览里的一处变更" in run("roll", "import", later, "--decline", "3:地址", status=1)
    done = run("roll", "import", later, "--decline", "2:地址", "--decline", "Sheet!2:kept")
    assert (done["changed"], done["declined"]) == (1, 2)
    run("roll", "export", "--out", tmp_path / "roll.xlsx")
    (entry,) = run("roll", "preview", tmp_path / "roll.xlsx")["accepted"]
    assert (entry["fields"]["address"], entry["fields"]["phone"], entry["kept"]) == ("东路1号", "000-2", {"批示": "阅"})
    assert "没有这些列" in run("roll", "preview", path, "--map", "没有=地址", status=1)


def test_a_change_of_a_book_is_declined_by_command(run, tmp_path):
    run("roll", "add", "--set", "单位名称=青沐竹器厂")
    texts = ("whom=head", "held_on=2026-02-02", "hours=4")
    run("register", "add", "firm_training", "--about", "青沐竹器厂", *(w for each in texts for w in ("--set", each)))
    row = ("青沐竹器厂", "主要负责人", "2026-02-02", "8", "5")
    path = saved(tmp_path / "a.xlsx", ("单位名称", "对象", "日期", "学时", "应训人数"), row)
    assert run("register", "import", "firm_training", path, "--decline", "2:学时")["declined"] == 1
    (entry,) = run("register", "list", "firm_training")
    assert (entry["values"]["hours"], entry["values"]["due"]) == ("4", 5)
