"""A paper signed in ink comes back whole, upright and in order, or nothing is taken and everything wrong is told."""

import random
import re
from io import BytesIO
from pathlib import Path
from zlib import crc32

import pikepdf
import pytest
from PIL import Image

from ohdesk.domain.progress import unwatched
from ohdesk.domain.scan import ByHand, Expected, Leaf, ScanId, place_scans
from ohdesk.errors import ProblemsError, UserError
from ohdesk.services.scans import reading
from ohdesk.services.scans.binding import bind, scan_in
from ohdesk.services.scans.wire import Asked
from tests.scanned import DIGITS, OTHER, PAPER, Shot, jpeg, paper, photographed, printed

NAME = "现场笔录（2026—001）"
EXPECTED = Expected(PAPER, NAME, 4, DIGITS)
PRINT = paper(4)
NOTHING = ByHand({}, {})
DOTS = 200
# How likely any picture is to be read: python -m benchmarks.scans
ASKEW = {
    3: Shot(angle=14, tilt=0.1, pixels=4_000_000, noise=8, dark=0.5, blur=0.1),
    1: Shot(angle=-79, tilt=0.05, pixels=3_000_000, noise=4, dark=0.3),
}
UNREADABLE = Shot(angle=180, pixels=1_000_000, blur=2.0)


def photo(number, shot, pdf=None):
    return photographed(printed(pdf or PRINT, number, DOTS), shot, random.Random(number))  # noqa: S311


def put(folder, name, content):
    file = folder / name
    file.write_bytes(content)
    return file


def take(files, names=()):
    return scan_in([EXPECTED], files, NOTHING, dict(names), unwatched)


def seen_on(picture):
    """Return which page the mark on a picture names, and by how many degrees it is askew."""
    with Image.open(BytesIO(picture)) as page:
        text, angle = reading._mark(page.convert("L"))
    return int(text.split("*")[2]), angle


def pictures_in(pdf):
    with pikepdf.open(BytesIO(pdf)) as document:
        return [image.read_raw_bytes() for page in document.pages for image in page.get_images().values()]


def test_photos_askew_and_scans_in_any_order_make_one_upright_pdf_without_a_trace_of_the_telephone(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "HUAWEI-OF-SOMEBODY"
    exif[0x0112] = 8
    exif.get_ifd(0x8825)[2] = (23.0, 7.0, 0.0)
    files = []
    for number, shot in ASKEW.items():
        with Image.open(BytesIO(photo(number, shot))) as plain:
            files.append(put(tmp_path, f"IMG_{number}.jpg", jpeg(plain, 92, exif=exif)))
    fourth, second = (printed(PRINT, number, DOTS).convert("L").rotate(180) for number in (4, 2))
    fourth.save(pdf := BytesIO(), "PDF", save_all=True, append_images=[second], resolution=DOTS)
    files.append(put(tmp_path, "scan.pdf", pdf.getvalue()))
    (scanned,) = take(files)
    assert [scan.place for scan in scanned.scans] == [
        "IMG_1.jpg",
        "scan.pdf 第 2 页",
        "IMG_3.jpg",
        "scan.pdf 第 1 页",
    ]
    pages = pictures_in(scanned.pdf)
    assert pages == [scan.picture for scan in scanned.scans]
    shown = {number: seen_on(pages[number - 1]) for number in ASKEW}
    assert all(page == number and abs(angle) < 1.0 for number, (page, angle) in shown.items())
    assert b"HUAWEI" not in scanned.pdf
    assert set(scanned.originals) == set(files)
    assert bind(place_scans([EXPECTED], scanned.scans, {})) == (scanned,)


def test_everything_wrong_with_what_is_handed_in_is_told_at_once_each_by_its_place(tmp_path):
    fine = Shot(pixels=2_000_000)
    locked = BytesIO()
    with pikepdf.open(BytesIO(paper())) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    bomb = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", (31623).to_bytes(4) * 2 + b"\x08\0\0\0\0") + _chunk(b"IDAT", b"")
    pages = [printed(PRINT, number, DOTS) for number in (1, 2)]
    both = Image.new("RGB", (pages[0].width * 2, pages[0].height))
    for number, page in enumerate(pages):
        both.paste(page, (number * page.width, 0))
    pages[1].save(twice := BytesIO(), "TIFF", save_all=True, append_images=[pages[1].rotate(2)])
    files = {
        "letter.jpg": b"Dear inspector, ...",
        "empty.jpg": b"",
        "half.jpg": photo(1, fine)[:-4000],
        "locked.pdf": locked.getvalue(),
        "broken.pdf": paper()[:300],
        "printed.pdf": paper(1),
        "bomb.png": bomb,
        "both.jpg": jpeg(both),
        "other.jpg": photo(1, fine, paper(1, OTHER)),
        "older.jpg": photo(1, fine, paper(1, PAPER)),
        "twice.tif": twice.getvalue(),
        "dim.jpg": photo(1, UNREADABLE),
    }
    with pytest.raises(ProblemsError) as refused:
        take(
            [put(tmp_path, name, content) for name, content in files.items()],
            names={OTHER: "鲁石卫责改〔2026〕3号"}.items(),
        )
    told = {problem.place: f"{problem.found} {problem.remedy}" for problem in refused.value.problems}
    assert len(told) == len(refused.value.problems) == 13
    assert "密码" in told["locked.pdf"]
    assert "程序导出" in told["printed.pdf"]
    assert "31623×31623" in told["bomb.png"]
    assert "两页" in told["both.jpg"]
    assert "〔2026〕3号" in told["other.jpg"]
    assert "修改以前" in told["older.jpg"]
    assert "2 张：twice.tif 第 1 页、twice.tif 第 2 页" in told["第 2 页"]
    assert "读不出" in told["dim.jpg"]
    assert "缺第 1、3、4 页" in told[NAME]
    assert {"letter.jpg", "empty.jpg", "half.jpg", "broken.pdf"} <= set(told)


def _chunk(kind, content):
    return len(content).to_bytes(4) + kind + content + crc32(kind + content).to_bytes(4)


def test_a_page_whose_mark_cannot_be_read_is_placed_and_turned_by_hand(tmp_path):
    first, dim = put(tmp_path, "1.jpg", photo(1, Shot(), paper(2))), put(tmp_path, "dim.jpg", photo(2, UNREADABLE))
    expected = Expected(PAPER, NAME, 2, DIGITS)

    def pictures(turns):
        by_hand = ByHand({ScanId(dim): Leaf(PAPER, 2)}, turns)
        return scan_in([expected], [dim, first], by_hand, {})[0].scans[1].picture

    with Image.open(BytesIO(pictures({}))) as lying, Image.open(BytesIO(pictures({ScanId(dim): 180}))) as standing:
        corner = (standing.width // 8, standing.height // 2)
        assert standing.size == lying.size
        assert standing.getpixel(corner) == pytest.approx(lying.rotate(180).getpixel(corner), abs=6)
    said = {dim: 4, first: 2, Path("none.jpg"): 1}
    wrong = ByHand({ScanId(file): Leaf(PAPER, page) for file, page in said.items()}, {})
    with pytest.raises(ProblemsError) as refused:
        scan_in([expected], [dim, first], wrong, {})
    assert {"dim.jpg", "1.jpg", "none.jpg", NAME} == {problem.place for problem in refused.value.problems}


def test_more_pages_than_any_paper_has_are_refused_before_they_are_looked_at(tmp_path):
    pages, out = [Image.new("1", (8, 8))] * 300, BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(UserError, match=re.escape("一共有 300 页")):
        take([put(tmp_path, "long.tif", out.getvalue())])


def test_what_the_child_is_asked_of_a_page_that_is_not_there_is_refused():
    assert reading.look(Asked(b"\x00" * 2000, part=7)).refusal is not None
