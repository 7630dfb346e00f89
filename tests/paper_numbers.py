"""Two devices of one town that number papers without hearing of each other, and what became of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random

from ohdesk.domain.register.number_blocks import Block, Why, block_serials, gaps
from ohdesk.domain.register.numbers import device_mark, framed

DAY = date(2026, 3, 2)
PATTERNS = ("江蓬卫职责改〔{year}〕{serial:03}号", "{year}—{serial:03}", "{mark}{serial}")
REPLICAS = ("3fa2" + "0" * 12, "8c01" + "0" * 12)
CERTIFIED, HANDED_OUT, HEARD_ROWS, HEARD_NUMBERS = 0.8, 0.02, 0.1, 0.05  # how often

Given = tuple[str, int]  # the mark, "" without one, and the serial


@dataclass
class Device:
    """A laptop: its letter, "" before the county certified it, and the numbers and rows of blocks it has heard of."""

    replica: str
    letter: str
    held: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    blocks: list[Block] = field(default_factory=list)

    def issue(self) -> Given:
        """Give the next number."""
        own = block_serials(self.blocks, self.replica, self._last_within)
        mark, serial = "", next(own, 0)
        if not serial:
            mark = device_mark(self.letter, self.replica, in_blocks=bool(self.blocks))
            serial = max(self.held[mark], default=0) + 1
        self.held[mark].add(serial)
        return mark, serial

    def hear(self, other: "Device") -> None:
        """Take in the numbers that another gave."""
        for mark, serials in list(other.held.items()):
            self.held[mark] |= serials

    def _last_within(self, piece: range) -> int:
        return max((each for each in self.held[""] if each in piece), default=0)


@dataclass
class Told:
    """How many numbers were given, how many of them without a mark, and what should not be."""

    issued: int
    unmarked: int
    twice: list[str]
    unexplained: list[str]


def issue_at_random(chance: Random, count: int) -> Told:
    """Issue `count` numbers on two devices; now and then the county hands out a block, or one hears of the other.

    A block begins beyond what the first laptop gave without one, and that laptop hears of it first.
    """
    letters = ("A", "B") if chance.random() < CERTIFIED else ("", "")
    first, second = (Device(*each) for each in zip(REPLICAS, letters, strict=True))
    given = []
    for number in range(count):
        if chance.random() < HANDED_OUT:
            begins = max(max(first.held[""], default=0) + 1, _last(first.blocks) - chance.randint(-9, 5))
            first.blocks.append(Block(f"{number:08}", chance.choice(REPLICAS), begins, begins + chance.randint(0, 40)))
        if chance.random() < HEARD_ROWS:
            second.blocks = list(first.blocks)
        if chance.random() < HEARD_NUMBERS:
            one, other = chance.sample((first, second), 2)
            one.hear(other)
        given.append(chance.choice((first, second)).issue())
    pattern = chance.choice(PATTERNS)
    printed = [framed(pattern, DAY, "000000001", mark).number(serial) for mark, serial in given]
    first.hear(second)
    return Told(
        len(given),
        len(first.held[""]),
        [number for number, times in Counter(printed).items() if times > 1],
        [each for replica in REPLICAS for each in unexplained(first.held, first.blocks, replica)],
    )


def unexplained(held: defaultdict[str, set[int]], blocks: list[Block], replica: str) -> list[str]:
    """Return the serials that are neither held nor said to be missing for a reason, when all is known."""
    found = gaps(held[""], blocks, replica)
    said = {serial for gap in found for serial in range(gap.first, gap.last + 1)}
    wrong = [str(gap) for gap in found if gap.why is Why.MISSING]
    wrong += [str(each) for each in range(1, max(held[""], default=0)) if (each in held[""]) == (each in said)]
    marked = {mark: serials for mark, serials in held.items() if mark}
    return wrong + [mark for mark, serials in marked.items() if serials != set(range(1, len(serials) + 1))]


def _last(blocks: list[Block]) -> int:
    return blocks[-1].last if blocks else 0
