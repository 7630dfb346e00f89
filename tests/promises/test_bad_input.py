"""Promise: whatever is handed in, a sentence says what is wrong and what to do, and nothing has changed."""

import errno
import os
import random
import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from ohdesk.cli.main import main
from ohdesk.services.exchange import sending
from ohdesk.services.finding import drafts
from ohdesk.services.visit import photos
from tests.promises.disks import fill_up, small_disk, write_protected
from tests.promises.typed import Desk, ohdesk_here
from tests.unit.services.exchange.bundle_world import TOWNS, new_world, write_entry, write_with_photo
from tests.unit.services.record import record_world

KIB = 1024
FIRMS = 300


@pytest.fixture(scope="module")
def offices(tmp_path_factory) -> Path:
    """A county, a town of it and that town's bundle, which nobody has taken in; and a bundle of another county."""
    folder = tmp_path_factory.mktemp("offices")
    for name in ("ours", "others"):
        (folder / name).mkdir()
        with new_world(folder / name, TOWNS[:1]) as world:
            write_entry(world.town, "安泰机械厂")
            write_with_photo(world.town, random.Random(1).randbytes(40_000))  # noqa: S311 - a picture of nothing
            shutil.copy(sending.export(world.town, world.stick).path, folder / f"{name}.ohb")
            shutil.copy(world.county.folder.parent / "trust" / "card", folder / f"{name}.ohcard")
    return folder


@pytest.fixture
def county(offices, tmp_path) -> Desk:
    shutil.copytree(offices / "ours" / "county", tmp_path / "county", ignore=shutil.ignore_patterns("*.lock"))
    return Desk(tmp_path / "county", "陶镕")


@pytest.fixture
def town(offices, tmp_path) -> Desk:
    shutil.copytree(offices / "ours" / "town-0", tmp_path / "town", ignore=shutil.ignore_patterns("*.lock"))
    return Desk(tmp_path / "town", "李旸")


@pytest.fixture
def list_of_firms(tmp_path) -> Path:
    return workbook(tmp_path / "名单.xlsx", [[f"青沐{number}竹器厂", f"工业路{number}号"] for number in range(FIRMS)])


def workbook(path: Path, rows: list[list[str]], head: tuple[str, ...] = ("单位名称", "地址")) -> Path:
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    book.save(path)
    return path


def unchanged(desk: Desk, *words: object) -> str:
    """Run a command that must be refused; return why. What the workspace holds is the same before and after."""
    before = desk.state()
    reason = desk(*words).refusal
    assert desk.state() == before
    return reason


def test_a_wrong_password_opens_nothing(town):
    assert "密码" in unchanged(Desk(town.folder, town.user, "wrong"), "roll", "list")
    assert "密码" in unchanged(Desk(town.folder, town.user, ""), "roll", "list")
    assert "没有" in unchanged(Desk(town.folder, "无此人"), "roll", "list")


def damage(data: bytes, how: str) -> bytes:
    if how == "cut":
        return data[: len(data) // 2 + 100]
    if how == "other":
        return b"something else altogether" * 400
    if how == "zeros":
        return bytes(len(data))
    place = {"first page": 100, "middle": len(data) // 2}[how]
    return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


@pytest.mark.parametrize("how", ["cut", "other", "zeros", "first page", "middle", "empty", "absent"])
def test_a_damaged_database_is_the_machines_fault_and_is_left_as_it_is(town, how):
    database = town.folder / "workspace.db"
    if how == "absent":
        database.unlink()
    else:
        database.write_bytes(b"" if how == "empty" else damage(database.read_bytes(), how))
    before = town.state()
    said = town("doctor")
    assert said.status == 3
    if how != "middle":  # there only the doctor's own look finds it, and reports it among the rest
        assert "backups" in said.breakdown
    assert town.state() == before


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"fmt":"ohdesk-keys/1"}'])
def test_a_damaged_key_file_is_the_machines_fault(town, content):
    (town.folder / "keys.json").write_bytes(content)
    before = town.state()
    assert town("roll", "list").breakdown
    assert town.state() == before


def test_a_folder_without_a_workspace_is_named(tmp_path):
    assert str(tmp_path) in unchanged(Desk(tmp_path, "李旸"), "roll", "list")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how a compound file begins: an old xls, or an xlsx behind a password


def encrypted_workbook() -> bytes:
    name = "EncryptedPackage".encode("utf-16-le")
    directory = name.ljust(64, b"\0") + b"\x22\0\2\1" + b"\xff" * 12 + bytes(48)
    header = OLE + bytes(16) + b"\x3e\0\3\0\xfe\xff\x09\0\6\0" + bytes(10) + b"\1\0\0\0\1\0\0\0" + bytes(4)
    header += b"\0\x10\0\0" + b"\xfe\xff\xff\xff" + bytes(4) + b"\xfe\xff\xff\xff" + bytes(4) + b"\0\0\0\0"
    sector = b"\xfd\xff\xff\xff\xfe\xff\xff\xff" + b"\xff" * 504
    return header.ljust(512, b"\xff") + sector + directory.ljust(512, b"\0")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("empty.xlsx", lambda _: b""),
        ("foreign.xlsx", lambda _: b"%PDF-1.4\n%%EOF\n"),
        ("picture.xlsx", lambda _: b"\x89PNG\r\n\x1a\n" + bytes(99)),
        ("cut.xlsx", lambda whole: whole[: len(whole) // 2]),
        ("flipped.xlsx", lambda whole: damage(whole, "middle")),
        ("protected.xlsx", lambda _: encrypted_workbook()),
        ("other.zip.xlsx", lambda _: zipped("word/document.xml")),
    ],
)
def test_a_workbook_that_cannot_be_used_is_refused_with_and_without_a_workspace(town, list_of_firms, name, make):
    path = list_of_firms.with_name(name)
    path.write_bytes(make(list_of_firms.read_bytes()))
    reason = ohdesk_here("roll", "preview", path, "--json").refusal
    assert unchanged(town, "roll", "preview", path) == reason
    assert unchanged(town, "roll", "import", path, "--json") == reason
    if name == "protected.xlsx":
        assert "密码" in reason


def zipped(name: str) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr(name, "x")
    return held.getvalue()


def test_a_list_without_a_usable_row_changes_nothing(town, tmp_path):
    for name, head in (("no-names", ("颜色", "长度")), ("no-rows", ("单位名称", "地址"))):
        rows = [["红", "3"]] if name == "no-names" else []
        path = workbook(tmp_path / f"{name}.xlsx", rows, head)
        shown = ohdesk_here("roll", "preview", path, "--json").json
        assert (shown["accepted"], bool(shown["warnings"])) == ([], True)
        assert unchanged(town, "roll", "import", path)


def test_a_file_that_is_not_there_is_named(town, tmp_path):
    for words in (("roll", "import"), ("bundle", "import"), ("verify",), ("enrol", "accept")):
        assert "absent.x" in unchanged(town, *words, tmp_path / "absent.x")


def test_a_path_that_leads_nowhere_is_named(town, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for out in (tmp_path / "absent" / "x.xlsx", tmp_path / "file" / "x.xlsx", tmp_path / ("x" * 300), tmp_path):
        assert str(tmp_path) in unchanged(town, "roll", "export", "--out", out)
    words = ("init", "--role", "town", "--division", "000000101", "--name", "x")
    assert ohdesk_here(*words, "--workspace", tmp_path / "file" / "x").refusal


def test_a_person_whose_account_cannot_be_made_is_not_entered_either(town, tmp_path):
    (tmp_path / "secret").write_text("a-password\n", encoding="utf-8")
    (tmp_path / "empty").write_text("", encoding="utf-8")
    person = ("person", "add", "--name", "周沄", "--role", "inspector", "--certificate", "T1", "--until", "2099-12-31")
    for account, secret in ((town.user, "secret"), ("周沄", "empty"), ("周沄", "absent"), (" ", "secret")):
        said = town(*person, "--account", account, "--account-password-file", tmp_path / secret)
        assert (said.status, said.out, bool(said.err)) == (1, b"", True)
    assert "周沄" not in [row["name"] for row in town("person", "list", "--json").json]


def test_a_bundle_of_another_county_is_refused_and_kept_with_the_reason(county, offices):
    before = county("county", "digest").out
    refusal = county("bundle", "import", offices / "others.ohb").refusal
    assert "县" in refusal
    assert county("county", "digest").out == before
    listed = county("bundle", "list", "--json").json
    assert listed["received"] == []
    (kept,) = listed["refused"]
    assert kept["reason"] in refusal
    assert (kept["name"], kept["kept"]) == ("others.ohb", True)


def test_a_bundle_taken_in_twice_changes_nothing(county, offices):
    assert county("bundle", "import", offices / "ours.ohb", "--json").json["outcome"] == "applied"
    before = county("county", "digest").out
    assert county("bundle", "import", offices / "ours.ohb", "--json").json["outcome"] == "already"
    assert county("county", "digest").out == before


def test_a_cut_or_flipped_bundle_is_refused(county, offices, tmp_path):
    whole = (offices / "ours.ohb").read_bytes()
    bits = random.Random(7)  # noqa: S311 - a repeatable test
    spoilt = [whole[:-1], whole[: len(whole) // 2], whole[:30], b"", whole + b"\0", damage(whole, "zeros")]
    for _ in range(6):
        changed = bytearray(whole)
        changed[bits.randrange(len(whole))] ^= 1 << bits.randrange(8)
        spoilt.append(bytes(changed))
    for number, content in enumerate(spoilt):
        path = tmp_path / f"{number}.ohb"
        path.write_bytes(content)
        assert unchanged(county, "bundle", "import", path)


def test_ones_own_bundle_is_refused(town, offices):
    assert unchanged(town, "bundle", "import", offices / "ours.ohb")


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> record_world.World:
    world = record_world.make(tmp_path_factory.mktemp("filled") / "town")
    with world.opened() as ctx:
        record_world.fill(ctx, world.visit)
        drafts.accept_proposals(ctx, world.visit)
        photos.attach_photo(ctx, world.visit, "", record_world.picture(), photos.Caption(text="喷漆房"))
    return world


@pytest.fixture
def inspector(filled, tmp_path) -> Desk:
    record_world.copied(filled, tmp_path / "town")
    return Desk(tmp_path / "town", record_world.FIRST, record_world.OWN[record_world.FIRST])


@pytest.fixture
def finalize(filled, tmp_path) -> tuple[object, ...]:
    (tmp_path / "party.json").write_text('{"way": "absent", "reason": "厂长外出"}', "utf-8")
    (tmp_path / "second").write_text(record_world.OWN[record_world.SECOND], "utf-8")
    second = ("--second", record_world.SECOND, "--second-password-file", tmp_path / "second")
    return ("visit", "finalize", filled.visit, "--party", tmp_path / "party.json", *second)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_a_photo_whose_bytes_are_lost_stops_the_signing(inspector, finalize, spoil):
    copy_and_original = [path for path in (inspector.folder / "blobs").rglob("*") if path.is_file()]
    assert len(copy_and_original) == 2
    for blob in copy_and_original:
        whole = blob.read_bytes()
        spoil(blob)
        assert "照片 1 " in unchanged(inspector, *finalize)
        assert inspector("visit", "list", "--json").json[0]["state"] == "open"
        blob.write_bytes(whole)
    assert inspector(*finalize, "--json").json["finalized"]


def test_a_tampered_record_does_not_verify(inspector, finalize, tmp_path):
    assert inspector(*finalize).status == 0
    (tmp_path / "out").mkdir()
    path, *_beside = map(Path, inspector("record", "export", "--out", tmp_path / "out", "--json").json)
    assert inspector("verify", path).status == 0
    path.write_bytes(damage(path.read_bytes(), "middle"))
    said = inspector("verify", path)
    assert said.status == 1
    assert path.name in said.err


def test_verify_without_root_and_workspace_names_the_option_and_unchecked_facts_do_no_harm(offices, county, tmp_path):
    bundle = offices / "ours.ohb"
    assert "--root" in ohdesk_here("verify", bundle).refusal
    assert county("county", "root", "--out", tmp_path / "root.pem").status == 0
    said = ohdesk_here("verify", bundle, "--root", tmp_path / "root.pem", "--json").json
    assert "unchecked" in {fact["verdict"] for fact in said["files"][0]["facts"]}
    assert said["good"]
    assert "none.pem" in ohdesk_here("verify", bundle, "--root", tmp_path / "none.pem").refusal


def test_a_stick_that_cannot_be_written_to_is_named_and_nothing_is_sent(town, county, offices, tmp_path):
    stick = tmp_path / "stick"
    stick.mkdir()
    with write_protected(stick):
        before = town.state()
        said = town("bundle", "export", "--out", stick)
        assert (said.status, said.out) == (3, b"")
        assert "写" in said.err
        assert town.state() == before
        assert county("county", "card", "--out", stick / "card").status == 3
        assert list(stick.iterdir()) == []
    assert town("bundle", "export", "--out", stick, "--json").json["path"]


def test_a_full_stick_is_named_and_nothing_is_sent(town, tmp_path):
    with small_disk(tmp_path / "stick", 16) as stick:
        before = town.state()
        said = town("bundle", "export", "--out", stick)
        assert said.breakdown
        assert list(stick.iterdir()) == []
        assert town.state() == before


def test_a_full_disk_stops_an_import_whole_and_it_succeeds_when_there_is_room(town, list_of_firms, tmp_path):
    with small_disk(tmp_path / "disk", 4 * KIB) as disk:
        shutil.move(town.folder, disk / "town")
        full = Desk(disk / "town", town.user)
        filler = fill_up(disk, 64 * KIB)
        said = full("roll", "import", list_of_firms)
        assert "磁盘已满" in said.breakdown
        filler.unlink()
        assert full("roll", "list", "--search", "青沐", "--json").json == []
        assert full("doctor", "--json").json["sound"]
        assert full("roll", "import", list_of_firms, "--json").json["new"] == FIRMS


def test_a_full_disk_stops_a_bundle_from_coming_in(county, offices, tmp_path):
    with small_disk(tmp_path / "disk", 4 * KIB) as disk:
        shutil.move(county.folder, disk / "county")
        full = Desk(disk / "county", county.user)
        before = full("county", "digest").out
        for left in (4 * KIB, 24 * KIB, 60 * KIB):
            filler = fill_up(disk, left)
            said = full("bundle", "import", offices / "ours.ohb")
            assert "满" in said.breakdown
            filler.unlink()
            assert full("county", "digest").out == before
        assert full("bundle", "import", offices / "ours.ohb", "--json").json["outcome"] == "applied"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "没有权限"), (errno.EACCES, "没有权限"), (errno.EIO, "读写文件出错")],
)
def test_whatever_the_system_says_of_a_file_ends_with_3_and_a_sentence(monkeypatch, capsys, number, sentence):
    def failing(_args: object) -> int:
        raise OSError(number, os.strerror(number), "the-file")

    monkeypatch.setattr("ohdesk.cli.office.look_over", failing)
    assert main(["doctor"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
