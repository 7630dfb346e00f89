"""What the QR code of a printed page says: which paper, which of its pages, and how its fingerprint begins.

    OHDESK1*0192C0FFEE007A2DAC7ADA07C17E09D4*2*12*9F86D081884C7D65

Only signs of the alphanumeric mode of ISO/IEC 18004: a code of this text is smaller than one of bytes.
"""

import re
from typing import NamedTuple
from uuid import UUID

DIGITS = 16  # of a fingerprint's 64
_NUMBER = r"([1-9][0-9]{0,3})"
_TEXT = re.compile(rf"OHDESK1\*([0-9A-F]{{32}})\*{_NUMBER}\*{_NUMBER}\*([0-9A-F]{{{DIGITS}}})")


class PaperMark(NamedTuple):
    """One page of one paper.

    paper: its id, in the usual 36-character spelling of a UUID
    page, total: from 1 to 9999
    digits: the first `DIGITS` of its fingerprint, in lower case
    """

    paper: str
    page: int
    total: int
    digits: str

    @property
    def text(self) -> str:
        """The text of the code."""
        return f"OHDESK1*{UUID(self.paper).hex.upper()}*{self.page}*{self.total}*{self.digits.upper()}"


def read_mark(text: str) -> PaperMark | None:
    """Return what a scanned code says; None when it is no code of ours, or one that no page can carry."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    paper, page, total, digits = found.groups()
    mark = PaperMark(str(UUID(paper)), int(page), int(total), digits.lower())
    return mark if mark.page <= mark.total else None
