"""`ohdesk bundle`: exit status, words and JSON as promised."""

import json

import pytest

from ohdesk.cli.main import main
from ohdesk.services.exchange import stick as put_on_stick
from ohdesk.sync import limits
from tests.conftest import PASSWORD
from tests.unit.services.exchange.bundle_world import new_world, open_world, write_entry


@pytest.fixture
def offices(tmp_path):
    """Folders of a county and a town that have not exchanged anything; nobody has them open."""
    (tmp_path / "offices").mkdir()
    with new_world(tmp_path / "offices") as world:
        write_entry(world.town, "安泰机械厂")
    return tmp_path / "offices"


@pytest.fixture
def run(offices, monkeypatch, capsys):
    monkeypatch.setenv("OHDESK_PASSWORD", PASSWORD)

    def ohdesk(office, *argv):
        place = ("--workspace", str(offices / office)) if office else ()
        status = main([*place, *map(str, argv)])
        out, err = capsys.readouterr()
        return status, out, err

    return ohdesk


@pytest.fixture
def sent(run, tmp_path):
    status, out, _ = run("town-0", "bundle", "export", "--out", tmp_path, "--json")
    assert status == 0
    return tmp_path / json.loads(out)["path"].rpartition("/")[2]


def test_export_says_that_the_stick_may_be_pulled(run, tmp_path):
    status, out, err = run("town-0", "bundle", "export", "--out", tmp_path)
    assert (status, err) == (0, "")
    assert "可以拔出" in out
    assert "青原县卫生健康局" in out


def test_inspect_needs_no_workspace_and_tells_head_sizes_and_what_is_open(run, sent):
    status, out, _ = run("", "bundle", "inspect", sent, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["size"] == sent.stat().st_size
    assert found["signature_fits"]
    assert found["head"]["counts"]["ops"] == 1
    assert found["chain"] == "unchecked"
    assert run("", "bundle", "inspect", sent)[1].count("未核") == 2


def test_import_twice_says_taken_and_then_taken_before(run, sent):
    status, out, _ = run("county", "bundle", "import", sent)
    assert (status, "已导入" in out) == (0, True)
    status, out, _ = run("county", "bundle", "import", sent, "--json")
    assert (status, json.loads(out)["outcome"]) == (0, "already")
    assert "已收过" in run("county", "bundle", "import", sent)[1]
    receipt = json.loads(out)["receipt"]
    status, out, _ = run("town-0", "bundle", "receipt", receipt)
    assert (status, "第 1 号" in out) == (0, True)
    assert json.loads(run("county", "bundle", "list", "--json")[1])["received"][0]["outcome"] == "applied"
    status, _, err = run("town-0", "bundle", "export", "--out", sent.parent)
    assert (status, "没有需要上报的新内容" in err) == (1, True)


def test_files_that_cannot_be_used_end_with_1_and_a_sentence(run, sent, tmp_path):
    cut, other = tmp_path / "cut.ohb", tmp_path / "other.txt"
    cut.write_bytes(sent.read_bytes()[:-9])
    other.write_text("不是上报包", encoding="utf-8")
    for path in (cut, other, tmp_path / "absent.ohb", tmp_path):
        for office, command in (("county", "import"), ("", "inspect")):
            status, out, err = run(office, "bundle", command, path)
            assert (status, out) == (1, "")
            assert len(err.splitlines()) == 2


def test_a_folder_that_is_not_there_ends_with_1(run, tmp_path):
    status, out, err = run("town-0", "bundle", "export", "--out", tmp_path / "absent")
    assert (status, out) == (1, "")
    assert "absent" in err


def test_several_volumes_are_listed_and_what_was_not_written_ends_with_3_and_comes_next(
    run, offices, tmp_path, monkeypatch
):
    stick = tmp_path / "stick"
    stick.mkdir()
    with open_world(offices) as world:
        write_entry(world.town, "宏达铸造")
    monkeypatch.setattr(limits, "MOST_OPERATIONS", 1)
    true, written = put_on_stick.flush, []

    def filling_up(file):
        if written:
            raise OSError(28, "full")
        written.append(true(file))

    with monkeypatch.context() as patch:
        patch.setattr(put_on_stick, "flush", filling_up)
        status, out, _ = run("town-0", "bundle", "export", "--out", stick, "--json")
    found = json.loads(out)
    assert (status, [each["i"] for each in found["volumes"]], found["unwritten"]) == (3, [1], [2])
    assert found["volumes"][0]["path"] == found["path"]
    status, out, _ = run("town-0", "bundle", "export", "--out", stick)
    assert (status, "写好第 2 卷，一套共 2 卷" in out) == (0, True)
    first, second = sorted(stick.glob("*.ohb"))
    assert "一套 2 卷里的第 1 卷" in run("", "bundle", "inspect", first)[1]
    status, out, _ = run("county", "bundle", "import", second)
    assert (status, "已暂存" in out, "_1of2_" in out) == (0, True, True)
    assert json.loads(run("county", "bundle", "import", first, "--json")[1])["missing"] == []


def test_a_volume_into_which_not_everything_goes_is_refused(run, tmp_path):
    status, _, err = run("town-0", "bundle", "export", "--out", tmp_path, "--volume-size", "1")
    assert (status, "一卷不能是 1 MB" in err) == (1, True)
