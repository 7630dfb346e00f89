"""What stands at the head and foot of every page: number, page n of N, fingerprint, who signed."""

from dataclasses import dataclass

from ohdesk.domain.record import StrokeSet
from ohdesk.reports.flowables import SMALL_INK_WIDTH, fit_ink
from ohdesk.reports.pages import Ink, Page
from ohdesk.reports.styles import (
    FINGERPRINT_DIGITS,
    FOOT,
    FOOT_CENTRE,
    FOOT_RIGHT,
    FOOT_SMALL,
    FOOTER_RULE,
    HEADER_LINE,
    LEFT,
    MM,
    RIGHT,
    TEXT_WIDTH,
)
from ohdesk.reports.typesetting import shortened, text_width
from ohdesk.reports.wording import Wording

STRIP_TOP = FOOTER_RULE + 8 * MM
SMALL_INK = (26 * MM, 7 * MM)
PADDING = 3.0
HEADING_WIDTH = TEXT_WIDTH * 0.75


@dataclass(frozen=True, slots=True)
class RunningLines:
    """Header and footer of one document.

    sha256: the document's fingerprint (文档指纹); 16 digits are printed
    party: the party's own strokes as `small_ink` made them, on every page but the one where they stand in full
    signing_page: number from 1 of the page with the signatures
    """

    words: Wording
    heading: str
    unconfirmed: bool
    number: str
    sha256: str
    party: Ink | None
    party_unsigned: str
    inspectors: str
    signing_page: int

    def draw(self, page: Page, number: int, total: int) -> None:
        """Add header and footer to page `number` of `total`."""
        self._header(page, number)
        # The page with the signatures themselves needs no second one.
        if number != self.signing_page:
            self._signature_strip(page)
        page.rules.append((LEFT, FOOTER_RULE, RIGHT, FOOTER_RULE))
        top = FOOTER_RULE - 3
        page.write(LEFT, top, f"{self.words['labels.number']} {self.number}", FOOT)
        page.write(LEFT, top, self.words["page"].format(number=number, total=total), FOOT_CENTRE)
        digits = self.sha256[:FINGERPRINT_DIGITS]
        page.write(LEFT, top, self.words["fingerprint"].format(digits=digits), FOOT_RIGHT)
        page.write(LEFT, top - FOOT.leading - 1, self.words["check_hint"], FOOT_SMALL)

    def _header(self, page: Page, number: int) -> None:
        if number > 1:
            page.write(LEFT, HEADER_LINE, shortened(self.heading, FOOT, HEADING_WIDTH), FOOT)
        if self.unconfirmed:
            mark = self.words["unconfirmed_by_county"]
            width = text_width(mark, FOOT) + 2 * PADDING
            page.write(RIGHT - width + PADDING, HEADER_LINE, mark, FOOT)
            page.frame(RIGHT - width, HEADER_LINE - FOOT.leading - 1, width, FOOT.leading + 2)

    def _signature_strip(self, page: Page) -> None:
        top = STRIP_TOP - 5
        if self.party is None:
            page.write(LEFT, top, shortened(self.party_unsigned, FOOT, TEXT_WIDTH / 2), FOOT)
        else:
            label = self.words["signed_on_page"].format(page=self.signing_page)
            page.write(LEFT, top, label, FOOT)
            page.ink.append(self.party)
        page.write(LEFT, top, shortened(self.inspectors, FOOT, TEXT_WIDTH / 2), FOOT_RIGHT)


def small_ink(words: Wording, signing_page: int, strokes: StrokeSet) -> Ink:
    """Return the party's strokes as they stand, small, in the foot of the pages."""
    label = words["signed_on_page"].format(page=signing_page)
    left = LEFT + text_width(label, FOOT) + PADDING
    box = (left, FOOTER_RULE + 1.5, left + SMALL_INK[0], FOOTER_RULE + SMALL_INK[1])
    return fit_ink(strokes, box, SMALL_INK_WIDTH)
