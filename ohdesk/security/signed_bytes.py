"""The signatures of a record's PDF, read from its bytes alone: which bytes each covers, and its container.

No PDF parser is involved, so a hostile file meets only slicing, hashing and a fixed grammar here.
Whatever lies outside the last signature's container is covered by that signature's digest; the
container itself has one form.  Together no bit of the file is free.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from ohdesk.security import cms
from ohdesk.security.pdf_signing import CONTENTS_DIGITS

END_OF_FILE = b"%%EOF\n"
# Each costs a hash over the file; a hostile file could announce thousands.
MOST_SIGNATURES = 16
# One spelling and ten digits at most: pyHanko pads the line with blanks that it reserved for longer numbers.
_BYTE_RANGE = re.compile(rb"\n/ByteRange \[0 ([1-9][0-9]{0,9}) ([1-9][0-9]{0,9}) ([1-9][0-9]{0,9})\] *\n")
_DIGITS = re.compile(rb"[0-9A-F]+")


class SignatureFormError(ValueError):
    """A signature that is not laid out in the one form."""


@dataclass(frozen=True, slots=True)
class SignedBytes:
    """One signature: its container stands in pdf[gap_start:gap_end], it covers all else of pdf[:end]."""

    gap_start: int
    gap_end: int
    end: int

    @property
    def byte_range(self) -> list[int]:
        """The signature's /ByteRange."""
        return [0, self.gap_start, self.gap_end, self.end - self.gap_end]

    def covered_sha256(self, pdf: bytes) -> bytes:
        """Return the digest of what the signature covers."""
        # Views, so that a record of 200 MB is not copied for each of its signatures.
        digest = sha256(memoryview(pdf)[: self.gap_start])
        digest.update(memoryview(pdf)[self.gap_end : self.end])
        return digest.digest()

    def container(self, pdf: bytes) -> cms.Container:
        """Return the parts of the container.

        Raises SignatureFormError unless the gap holds upper-case hexadecimal digits only: one
        container in its fixed form, then zeros.
        """
        digits = pdf[self.gap_start + 1 : self.gap_end - 1]
        if pdf[self.gap_start : self.gap_start + 1] != b"<" or pdf[self.gap_end - 1 : self.gap_end] != b">":
            raise SignatureFormError("the gap is not delimited by < and >")
        if len(digits) != CONTENTS_DIGITS or not _DIGITS.fullmatch(digits):
            raise SignatureFormError("the gap is not upper-case hexadecimal digits")
        content = bytes.fromhex(digits.decode("ascii"))
        try:
            container, length = cms.parse(content)
        except cms.FormError as error:
            raise SignatureFormError(str(error)) from error
        # Padding that may hold anything would be a place to change bits unseen.
        if content[length:].strip(b"\0"):
            raise SignatureFormError("the gap holds more than the container and zeros")
        return container


def find(pdf: bytes) -> tuple[SignedBytes, ...]:
    """Return the signatures laid out in the file, in the order they were made; at most `MOST_SIGNATURES`."""
    found: list[SignedBytes] = []
    for match in _BYTE_RANGE.finditer(pdf):
        gap_start, gap_end, rest = (int(number) for number in match.groups())
        # Adjacent, so that no byte lies between the gap and the range that names it.
        laid_out = match.start() == gap_end and gap_end - gap_start == CONTENTS_DIGITS + 2
        if laid_out and gap_end + rest <= len(pdf) and len(found) < MOST_SIGNATURES:
            found.append(SignedBytes(gap_start, gap_end, gap_end + rest))
    return tuple(found)


def covers_file(pdf: bytes, signatures: tuple[SignedBytes, ...]) -> bool:
    """True when each signature covers a longer beginning of the file than the one before, the last the whole."""
    ends = [signature.end for signature in signatures]
    return (
        pdf.startswith(b"%PDF-1.")
        and bool(ends)
        # Each signature must add a revision: two over the same bytes would say nothing of their order.
        and ends == sorted(set(ends))
        and ends[-1] == len(pdf)
        and all(pdf[:end].endswith(END_OF_FILE) for end in ends)
    )


def digest_agrees(pdf: bytes, signature: SignedBytes, container: cms.Container) -> bool:
    """True when the signed attributes name exactly the covered bytes and the certificate."""
    return container.attributes == cms.signed_attributes(signature.covered_sha256(pdf), container.certificate)
