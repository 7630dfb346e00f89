"""Promise: what lies on the disk tells nobody without a password about employers, people, answers or keys."""

import base64
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ohdesk.db.models import Photo
from ohdesk.demo import answers, cast, visiting
from ohdesk.demo.cast import ASSIGNED, COUNTY_PHONE, TOWN_PHONE
from ohdesk.domain.canonical import canonical
from ohdesk.services import blobs
from ohdesk.services.context import Context
from ohdesk.services.office.workspace import open_workspace
from ohdesk.services.record import finalizing
from ohdesk.services.roll import entries

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
EVERY = 5  # each so many names of the roll; the usual words of names and the beginning of codes are sought besides
OFFICES = {cast.COUNTY_FOLDER: cast.COUNTY_CLERK} | {town.folder: town.administrator for town in cast.TOWNS}
TELLING = (
    *(
        "有限公司",
        "经营部",
        "制品厂",
        "91000000M",
        "DEMO-01",
        "DEMO-02",
        "DEMO-03",
        "现场检查笔录",
        "合理缺项",
        "未检查",
    ),
    *(
        "职业病防治法",
        "establishment",
        "inspector",
        "not_met",
        "legal_representative",
        "CREATE TABLE",
        "visit.finalized",
    ),
    *("AGE-SECRET-KEY", "PRIVATE KEY", "SQLite format 3", "ohdesk-record", cast.PASSWORD, *cast.WITNESSES),
)
MARKS = (b"\xff\xd8\xff\xe0\x00\x10JFIF", b"%PDF-1.", b"PK\x03\x04\x14\x00\x00\x00\x08\x00")
SHORTEST = 6  # bytes: anything shorter may stand in encrypted bytes by chance


def secrets_of(ctx: Context) -> list[bytes]:
    """Return, in every encoding, what must not be found on the disk of this workspace."""
    words = [*TELLING, ASSIGNED["name"], COUNTY_PHONE, TOWN_PHONE, *_told_in_visits()]
    rows = entries.all_rows(ctx)
    words += [text for row in rows[::EVERY] for text in (row.name, row.uscc) if text]
    raw = [*MARKS, *_forms_of_a_key(ctx.keys.database), *_forms_of_a_key(ctx.keys.personal)]
    raw += [canonical(finalizing.final_record(ctx, row.visit).record)[:100] for row in finalizing.list_records(ctx)]
    with ctx.reading() as session:
        photos = list(session.scalars(select(Photo.sha256).where(Photo.sha256 != "")))
    for picture in (blobs.read(ctx, photo) for photo in photos):
        raw += [picture[:20], picture[len(picture) // 2 :][:20]]
    encoded = [word.encode(code) for word in words for code in ENCODINGS]
    return [secret for secret in dict.fromkeys([*raw, *encoded]) if len(secret) >= SHORTEST]


def _told_in_visits() -> Iterator[str]:
    for seen in (answers.POLISHING, answers.LEATHER, answers.BATTERY, answers.CLEAN):
        for texts in (seen.facts, seen.absent, seen.unchecked, seen.photos, seen.announced):
            yield from texts.values()
    for scene in (scene for scenes in visiting.SCENES.values() for scene in scenes):
        yield from filter(None, (scene.party.name, scene.party.statement, scene.party.reason, scene.party.witness))


def _forms_of_a_key(key: bytes) -> list[bytes]:
    return [key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key)[:40]]


def found_in(folder: Path, secrets: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Return file and secret wherever the folder's files, or their names, hold one in clear."""
    held = [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]
    names = "\n".join(str(path.relative_to(folder)) for path in folder.rglob("*")).encode("utf-8")
    return [(name, secret) for secret in secrets for name, data in [*held, ("a name", names)] if secret in data]


@pytest.fixture(scope="module")
def secrets(demo) -> dict[str, list[bytes]]:
    found = {}
    for folder, account in OFFICES.items():
        with open_workspace(demo.out / folder, account, cast.PASSWORD) as ctx:
            found[folder] = secrets_of(ctx)
    return found


def test_the_search_finds_what_is_in_clear(demo, secrets, tmp_path):
    shutil.copy(demo.records[0], tmp_path / "left.pdf")
    (tmp_path / "left.txt").write_text(f"{cast.TOWNS[0].name} {ASSIGNED['name']}", encoding="utf-16")
    assert len(found_in(tmp_path, secrets["town"])) >= 2


@pytest.mark.parametrize("folder", OFFICES)
def test_no_workspace_tells_anything(demo, secrets, folder):
    assert found_in(demo.out / folder, secrets[folder]) == []


def test_nothing_is_left_in_the_temporary_folder(demo):
    assert list(demo.temporary.iterdir()) == []


def test_strings_finds_nothing_either(demo, secrets):
    for folder in OFFICES:
        for path in (path for path in (demo.out / folder).rglob("*") if path.is_file() and path.suffix != ".ohb"):
            for width in "slb":  # 7-bit, and 16-bit of either order
                done = subprocess.run(["strings", "-n", "6", "-e", width, path], check=True, capture_output=True)
                assert not [secret for secret in secrets[folder] if secret in done.stdout]


def test_an_open_workspace_tells_nothing_either_write_ahead_log_included(demo, tmp_path):
    town = cast.TOWNS[2]
    shutil.copytree(demo.out / town.folder, tmp_path / "town")
    with open_workspace(tmp_path / "town", town.administrator, cast.PASSWORD) as ctx:
        entries.add(ctx, {"name": ASSIGNED["name"], "phone": TOWN_PHONE}, "搬迁至本镇")
        assert (tmp_path / "town" / "workspace.db-wal").stat().st_size > 0
        assert found_in(tmp_path / "town", secrets_of(ctx)) == []


def test_only_names_of_accounts_stand_in_the_key_file(demo):
    for folder in OFFICES:
        text = (demo.out / folder / "keys.json").read_text("utf-8")
        names = {inspector.name for town in cast.TOWNS if town.folder == folder for inspector in town.inspectors}
        for name in (*names, OFFICES[folder]):
            text = text.replace(name, "")
        assert text.isascii()
