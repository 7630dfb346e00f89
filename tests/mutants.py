"""Mutants of a signed paper: what can be made of it with an editor, with a PDF library, or with a signer's help."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from ohdesk.domain.facts import Verdict
from ohdesk.security import signed_bytes
from ohdesk.security.pdf_signing import sign
from ohdesk.security.pdf_structure import REVISIONS_BEFORE_SIGNING
from ohdesk.security.pdf_verification import verify_record_pdf
from ohdesk.security.signing_keys import PersonSigner
from tests.unit.security.conftest import AT, Authority, content, record, signed_pdf

_END = b"%%EOF\n"


@dataclass(frozen=True)
class Paper:
    """A paper that two people signed, another one of theirs, and who they are; roots as for `verify_record_pdf`."""

    pdf: bytes
    other: bytes
    signers: tuple[PersonSigner, PersonSigner]
    fields: tuple[str, str]
    at: datetime
    reason: str
    roots: tuple[bytes, ...]

    def is_valid(self, pdf: bytes) -> bool:
        """True when nothing speaks against a file and every signature was followed to a root."""
        facts = verify_record_pdf(pdf, self.roots).facts
        return all(fact.verdict is Verdict.HOLDS for fact in facts)

    @property
    def prepared(self) -> bytes:
        """The paper as it was before anybody signed it."""
        end = 0
        for _ in range(REVISIONS_BEFORE_SIGNING):
            end = self.pdf.index(_END, end) + len(_END)
        return self.pdf[:end]

    def signed(self, *who: int, certifies: int = 0, apart: int = 1) -> bytes:
        """The paper signed anew, in the order of its fields by these of its signers (0, 1), `apart` minutes each."""
        pdf = self.prepared
        for place, number in enumerate(who):
            at = self.at + timedelta(minutes=place * apart)
            certify = place == certifies
            pdf = sign(pdf, self.fields[place], self.signers[number], at, certify=certify, reason=self.reason)
        return pdf


def small_paper(authority: Authority) -> Paper:
    """Two pages under a county root, quick to sign and to look at."""
    signers = (authority.signer(1), authority.signer(2))
    pdf, other = (signed_pdf(*signers, content(record(1, 2) | {"number": number})) for number in ("1", "2"))
    return Paper(pdf, other, signers, ("inspector_1", "inspector_2"), AT, "现场检查", (authority.root,))


Mutate = Callable[[Random, Paper], bytes]


def mutants(paper: Paper, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield so many mutants with their kinds, each kind in turn; none is the paper itself."""
    random = Random(seed)  # noqa: S311 - the same mutants again, to look at one
    kinds, made = list(KINDS.items()), 0
    while made < count:
        kind, mutate = kinds[made % len(kinds)]
        changed = mutate(random, paper)
        if changed != paper.pdf:
            made += 1
            yield kind, changed


def _flip(random: Random, paper: Paper) -> bytes:
    changed = bytearray(paper.pdf)
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(random: Random, paper: Paper) -> bytes:
    start = random.randrange(len(paper.pdf))
    end = random.choice((len(paper.pdf), min(len(paper.pdf), start + random.randrange(1, 4000))))
    return paper.pdf[:start] + paper.pdf[end:]


def _insert(random: Random, paper: Paper) -> bytes:
    at = random.randrange(len(paper.pdf))
    again = paper.pdf[at : at + random.randrange(1, 200)]
    return paper.pdf[:at] + random.choice((again, random.randbytes(random.randrange(1, 40)))) + paper.pdf[at:]


def _tail(random: Random, paper: Paper) -> bytes:
    whole = (b"\n", b" ", b"\0", b"%%EOF\n", b"% nothing\n", b"1 0 obj\n<<>>\nendobj\n", paper.other)
    return paper.pdf + random.choice(whole) * random.randrange(1, 4)


def _revision(random: Random, paper: Paper) -> bytes:
    """Something is changed by a revision of its own, as every PDF editor does."""
    writer = IncrementalPdfFileWriter(BytesIO(paper.pdf))
    random.choice((_turn_pages, _lose_page, _write_over, _change_catalogue))(random, writer)
    return _written(writer)


def _info(random: Random, paper: Paper) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(paper.pdf))
    key = random.choice(("/Title", "/Author", "/Subject", "/Producer"))
    said = {generic.pdf_name(key): generic.pdf_string(str(random.random()))}
    writer.set_info(writer.add_object(generic.DictionaryObject(said)))
    return _written(writer)


def _pages(random: Random, paper: Paper) -> bytes:
    """Two pages change places in the bytes themselves, so that no length changes."""
    reader = IncrementalPdfFileWriter(BytesIO(paper.pdf))
    kids = [f"{kid.idnum} 0 R".encode() for kid in reader.root["/Pages"].raw_get("/Kids")]
    one = random.choice(kids)
    two = random.choice([kid for kid in kids if len(kid) == len(one) and kid != one])
    return paper.pdf.replace(one, b"\0").replace(two, one).replace(b"\0", two)


def _signatures(random: Random, paper: Paper) -> bytes:
    """Signatures change places, or one comes from another paper of the same people."""
    ours, theirs = signed_bytes.find(paper.pdf), signed_bytes.find(random.choice((paper.pdf, paper.other)))
    source = paper.pdf if theirs == ours else paper.other
    gaps = [source[span.gap_start : span.gap_end] for span in theirs]
    places = random.choice(((1, 0), (0, 0), (1, 1), (0, 1)))
    changed = paper.pdf
    for span, place in zip(ours, places, strict=True):
        changed = changed[: span.gap_start] + gaps[place] + changed[span.gap_end :]
    return changed


def _missing(random: Random, paper: Paper) -> bytes:
    """One signature alone: of a paper that only one has signed, or with the later revision cut off."""
    first = signed_bytes.find(paper.pdf)[0]
    return random.choice((paper.signed(0), paper.signed(1), paper.pdf[: first.end], paper.prepared))


def _twice(random: Random, paper: Paper) -> bytes:
    number = random.randrange(2)
    return paper.signed(number, number)


def _order(random: Random, paper: Paper) -> bytes:
    """People in the wrong fields, the wrong one certifies, or the later signature is dated before the first."""
    return random.choice(
        (
            lambda: paper.signed(1, 0),
            lambda: paper.signed(0, 1, certifies=1),
            lambda: paper.signed(0, 1, apart=-random.randrange(1, 600)),
        )
    )()


KINDS: dict[str, Mutate] = {
    "flipped": _flip,
    "cut": _cut,
    "inserted": _insert,
    "tail": _tail,
    "revision": _revision,
    "/Info": _info,
    "pages swapped": _pages,
    "signatures swapped": _signatures,
    "signature missing": _missing,
    "same signer twice": _twice,
    "wrong order": _order,
}


def _turn_pages(_random: Random, writer: Any) -> None:
    kids = writer.root["/Pages"]["/Kids"]
    kids.reverse()
    kids.append(kids.raw_get(0))
    writer.update_container(kids)


def _lose_page(_random: Random, writer: Any) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].pop()
    pages["/Count"] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def _write_over(random: Random, writer: Any) -> None:
    drawn = f"BT /F1 12 Tf 60 {random.randrange(800)} Td (paid) Tj ET".encode()
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=drawn))
    writer.update_container(page)


def _change_catalogue(random: Random, writer: Any) -> None:
    writer.root["/PageMode"] = generic.pdf_name(random.choice(("/UseThumbs", "/FullScreen", "/UseOutlines")))
    writer.update_root()


def _written(writer: Any) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
