"""Promise: papers and bundles show no place, telephone, covered face or secret, and nothing that is kept inside."""

from hashlib import sha256
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from ohdesk.db.models import Base, BlobRow
from ohdesk.domain.evidence import Sensitive
from ohdesk.domain.facts import Verdict
from ohdesk.domain.masking import Mask
from ohdesk.services import blobs
from ohdesk.services.exchange import receiving, sending
from ohdesk.services.finding import drafts
from ohdesk.services.record import finalizing, leave_check, signing, verification, views
from ohdesk.services.visit import evidence, masking
from ohdesk.services.visit.photos import Caption, attach_photo, list_photos, photo_bytes
from tests import rectifying
from tests.signed_records import FIRST, NOBODY, SECOND, SECRET, make_signing_world
from tests.unit.services.exchange.bundle_world import open_world
from tests.visiting import add_firm

CANARY = "金丝雀工人九七三一"  # a worker's name where nobody but the office reads it
DEVICE, PLACE = b"CanaryPhone", b"23N canary"
FACE = Mask(80, 40, 96, 96)


def photo(number):
    """A photo on which a face stands out, with a place and a device in its metadata."""
    image = Image.effect_mandelbrot((320, 240), (-2 + number / 10, -1.5, 1, 1.5), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = DEVICE.decode()
    exif.get_ifd(0x8825)[0x001B] = PLACE  # how the place was found
    out = BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The record of a visit with a covered, a secret and a plain photo, at a county that took in its bundle."""
    folder = tmp_path_factory.mktemp("told") / "world"
    make_signing_world(folder)
    with open_world(folder) as world:
        town = world.town
        visit = rectifying.visit_of(town, add_firm(town), "2026-03-02")
        for number in range(3):
            attach_photo(town, visit, "", photo(number), Caption(text="打磨车间", place="一车间"))
        unmasked = photo_bytes(town, list_photos(town, visit)[0])
        masking.mask(town, visit, 1, [FACE])
        evidence.mark(town, visit, evidence.find(town, visit, 2), Sensitive.TRADE_SECRET)
        (folder / f"{CANARY}.csv").write_text(CANARY, encoding="utf-8")
        evidence.attach(town, visit, [folder / f"{CANARY}.csv"], Sensitive.PRIVACY)
        rectifying.fill(town, visit)
        drafts.accept_proposals(town, visit)
        leave_check.leave(town, visit, f"{CANARY}没有时间")
        colleagues = [signing.SecondSigner(each, SECRET) for each in (FIRST, SECOND)]
        final = finalizing.finalize(town, visit, NOBODY, (), *colleagues)
        lines = list_photos(town, visit)
        receiving.take_in(world.county, sending.export(town, world.stick).path)
        yield world, final, lines, unmasked


def streams(pdf):
    """All that stands in a PDF, packed and, but for the pictures, unpacked."""
    with pikepdf.open(BytesIO(pdf)) as document:
        held = [each for each in document.objects if isinstance(each, pikepdf.Stream)]
        unpacked = [each.read_bytes() for each in held if "/DCTDecode" not in str(each.get("/Filter"))]
        return [pdf, *(each.read_raw_bytes() for each in held), *unpacked]


def at_the_county(county):
    """The bytes of every file and the words of every row that the bundle brought."""
    with county.reading() as session:
        held = session.scalars(select(BlobRow.sha256).where(BlobRow.held)).all()
        rows = [row for table in Base.metadata.tables.values() for row in session.execute(select(table))]
    told = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for row in rows for each in row]
    words = "\n".join(told)
    return {each: blobs.read(county, each) for each in held}, words


def test_no_place_device_or_inside_word_is_on_the_paper_or_in_the_bundle(told):
    world, final, lines, _ = told
    papers = papers_of(world.town, final)
    files, words = at_the_county(world.county)
    everything = [*(each for paper in papers for each in streams(paper)), *files.values(), words.encode()]
    assert "打磨车间" in words
    assert "打磨车间" in text_of(*papers)
    assert CANARY not in text_of(*papers)
    for secret in (DEVICE, PLACE, CANARY.encode(), CANARY.encode("utf-16-be")):
        assert not any(secret in each for each in everything), secret
    assert not {each.original_sha256 for each in lines} & files.keys()
    assert {each.sha256 for each in lines} <= files.keys()


def test_what_was_covered_left_in_no_form(told):
    world, final, lines, unmasked = told
    files, _ = at_the_county(world.county)
    assert sha256(unmasked).hexdigest() not in files
    with Image.open(BytesIO(files[lines[0].sha256])) as copy:
        inside = (FACE.x + 8, FACE.y + 8, FACE.x + FACE.width - 8, FACE.y + FACE.height - 8)
        assert set(copy.crop(inside).get_flattened_data()) == {(64, 64, 64)}
        assert not copy.getexif()
    *_others, page = papers_of(world.town, final)
    assert files[lines[0].sha256] in page
    assert "已遮盖 1 处" in text_of(page)


def test_a_secret_photo_is_on_no_paper_and_its_mark_reaches_the_county(told, tmp_path):
    world, final, lines, _ = told
    papers = papers_of(world.town, final)
    assert not any(photo_bytes(world.town, lines[1]) in paper for paper in papers)
    assert "涉商业秘密" in text_of(*papers)
    assert lines[1].sha256 in text_of(*papers)
    there = finalizing.final_record(world.county, final.visit).record.photos
    assert [each.sensitive for each in there] == [Sensitive.NO, Sensitive.TRADE_SECRET, Sensitive.NO]
    told = views.open_record(world.county, final.visit).withheld
    assert [(each.number, each.sensitive) for each in told] == [(2, Sensitive.TRADE_SECRET)]
    # Drawn again from what it carries, each is the paper that was signed.
    for paper in papers:
        (tmp_path / "paper.pdf").write_bytes(paper)
        facts = verification.verify_file(tmp_path / "paper.pdf", (), world.county).facts
        assert facts
        assert Verdict.FAILS not in {each.verdict for each in facts}


def papers_of(ctx, final):
    """The PDFs of a record, that of its photos last."""
    return [paper.pdf for paper in views.open_record(ctx, final.visit).papers]


def text_of(*pdfs):
    said = ""
    for pdf in pdfs:
        with pypdfium2.PdfDocument(pdf) as document:
            said += "".join(page.get_textpage().get_text_range() for page in document)
    return said.replace("\r\n", "").replace("\n", "")
