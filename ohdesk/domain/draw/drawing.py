"""Double-random draw (双随机抽取): a frozen sheet and a seed give firms and inspectors that anyone can recompute.

Method: the sheet is committed by its SHA-256 before anybody knows the seed.  Sheet, nonce and seed make a key;
every firm gets the ticket H("E", key, stratum, id), the smallest tickets of each stratum are drawn; then, firm by
firm in the order of tickets, each seat goes to the inspector with the smallest H("I", key, firm, seat, inspector)
among those not barred, not full and not busier than the least busy plus the slack.  The result depends on the
sheet and the seed alone: no clock, no database, no generator of the machine, no fractions.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from heapq import nsmallest
from io import StringIO
from itertools import chain, islice
from typing import Any, NamedTuple

from ohdesk.domain.canonical import canonical

# Enters the key: under other rules the same sheet and seed must give something else.
VERSION = "ohdesk-draw/1"
UNASSIGNED = "UNASSIGNED"
_FORMULA = frozenset("=+-@\t\r")  # with which one begins
LINES = 5_000  # of a piece of pool.csv: with the longest names 1.5 million characters


@dataclass(frozen=True, slots=True)
class Stratum:
    """One layer of the pool. Draws min(N, max(min, ceil(N·num/den))) of its N ids; the ids are sorted."""

    code: str
    ids: tuple[str, ...]
    num: int
    den: int
    min: int

    @property
    def quota(self) -> int:
        """How many of the ids are drawn."""
        return quota(len(self.ids), self.num, self.den, self.min)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An inspector who may be drawn: the number of the certificate, and whether seat 0 may be theirs."""

    id: str
    lead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The draw sheet (抽取单), whose canonical JSON is what gets committed.

    nonce:    256 random bits, 64 lower-case hexadecimal digits; secret until the result
    team:     inspectors per firm · cap: firms per inspector, at most · slack: allowed difference of load
    recusals: pairs (inspector, firm) that may not meet; the reasons stay in the side file
    more:     further public keys (`pool_sha256`, exclusions, source of the seed …) that do not enter the computation
    """

    plan: str
    draw: int
    nonce: str
    team: int
    cap: int
    slack: int
    strata: tuple[Stratum, ...]
    inspectors: tuple[Candidate, ...]
    recusals: tuple[tuple[str, str], ...]
    more: dict[str, Any] = field(default_factory=dict, hash=False)

    def canonical(self) -> bytes:
        """Return the bytes that are committed, published and recomputed from."""
        # The ids are put in afterwards: of a million of them a look at each would take longer than the draw.
        lists = list(filter(None, (_list_of_ids(stratum.ids) for stratum in self.strata)))
        around = canonical(self.value([replace(stratum, ids=()) for stratum in self.strata])).split(_NO_IDS)
        # Some ids are odd ones, or further keys look like these.
        if not len(self.strata) == len(lists) == len(around) - 1:
            return canonical(self.value(self.strata))
        written = [around[0]]
        for ids, then in zip(lists, around[1:], strict=True):
            written += (ids, then)
        return b"".join(written)

    def value(self, strata: Sequence[Any]) -> dict[str, Any]:
        """Return what `sheet.json` says, with these for its strata."""
        # The sheet's own keys go last: a further key of the same name must not take their place.
        own = {name: getattr(self, name) for name in SHEET_KEYS if name != "v"}
        return self.more | own | {"v": VERSION, "strata": strata}


# In no text can this stand: a quote in one is escaped.
_NO_IDS, _IDS = b'"ids":[]', b'"ids":[%b]'


def _list_of_ids(ids: Sequence[str]) -> bytes | None:
    """Return the key of a stratum with its ids, in canonical form; None where one of them could be an odd one."""
    text = '","'.join(ids)
    is_plain = text.isascii() and text.isprintable() and "\\" not in text and text.count('"') == 2 * (len(ids) - 1)
    return _NO_IDS if not ids else _IDS % f'"{text}"'.encode() if is_plain else None


SHEET_KEYS = ("v", "plan", "draw", "nonce", "team", "cap", "slack", "strata", "inspectors", "recusals")


class Drawn(NamedTuple):
    """A drawn firm: stratum, rank in it (from 1), id, ticket (64 hexadecimal digits) and who takes each seat."""

    stratum: str
    rank: int
    id: str
    ticket: str
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawResult:
    """What a sheet and a seed give: the firms in the one order of their tickets."""

    commit: str
    drawn: tuple[Drawn, ...]

    def csv(self) -> bytes:
        """Return result.csv: the line `commit,<hex>`, then stratum, rank, id, ticket and seats of each firm."""
        return csv_bytes(
            [("commit", self.commit)]
            + [(firm.stratum, firm.rank, firm.id, firm.ticket, *firm.seats) for firm in self.drawn]
        )


class PoolEntry(NamedTuple):
    """A line of pool.csv, whose heading has these names; `excluded` is the reason for leaving the firm out, or empty.

    A firm that may not be published stands with its id and an empty name.
    """

    id: str
    name: str
    stratum: str
    excluded: str


def digest(*parts: str) -> str:
    """Return H of the rules: SHA-256 over the UTF-8 parts joined by a zero byte, in hexadecimal."""
    # A zero byte between, which no part contains: "ab" + "c" and "a" + "bc" must differ.
    return sha256(b"\x00".join(part.encode() for part in parts)).hexdigest()


def commitment(sheet: bytes) -> str:
    """Return the commit (名单指纹) of a sheet: the SHA-256 of its bytes."""
    return sha256(sheet).hexdigest()


def draw_key(commit: str, nonce: str, seed: str) -> str:
    """Return the key from which all tickets of one draw are made."""
    # With the commit in it, a seed that is thrown once cannot serve another list as well.
    return digest(VERSION, commit, nonce, seed)


def draw(sheet: Sheet, commit: str, seed: str) -> DrawResult:
    """Return the firms drawn and their inspectors; `commit` is that of the sheet's own bytes.

    The sheet and the seed must have passed `draw_checks`; see there for what is refused.
    """
    key = draw_key(commit, sheet.nonce, seed)
    chosen = [
        (ticket, stratum.code, firm, rank)
        for stratum in sheet.strata
        for rank, (ticket, firm) in enumerate(ticket_order(key, stratum, stratum.quota), 1)
    ]
    seating = _Seating(sheet, key)
    return DrawResult(
        commit,
        # One order over all strata: seating by stratum would give the first one the less busy inspectors.
        tuple(Drawn(code, rank, firm, ticket, seating.team(firm)) for ticket, code, firm, rank in sorted(chosen)),
    )


def ticket_order(key: str, stratum: Stratum, count: int) -> list[tuple[str, str]]:
    """Return the `count` smallest (ticket, firm) of a stratum, ascending.

    The firm after the drawn ones is the replacement for a drawn firm that is closed or gone (change R1):
    leaving somebody out does not alter the order of the others under the same key.
    """
    # `digest` of the rules, with what is the same for all firms of the stratum encoded once.
    prefix = f"E\x00{key}\x00{stratum.code}\x00".encode()
    tickets = (sha256(prefix + firm.encode()).digest() for firm in stratum.ids)
    pairs = zip(tickets, stratum.ids, strict=True)
    return [(ticket.hex(), firm) for ticket, firm in nsmallest(count, pairs)]


class _Seating:
    """Fills the seats of one firm after the other and keeps the load of each inspector."""

    def __init__(self, sheet: Sheet, key: str) -> None:
        self._sheet = sheet
        self._key = key
        self._barred = frozenset(sheet.recusals)
        self._load = dict.fromkeys((inspector.id for inspector in sheet.inspectors), 0)

    def team(self, firm: str) -> tuple[str, ...]:
        team: list[str] = []
        for seat in range(self._sheet.team):
            # Seat 0 first, since only some may lead: filled later, the others might have used them up.
            team.append(self._take(firm, seat, team))
        return tuple(team)

    def _take(self, firm: str, seat: int, team: Sequence[str]) -> str:
        load = self._load
        can = [
            inspector.id
            for inspector in self._sheet.inspectors
            if (inspector.id, firm) not in self._barred
            and inspector.id not in team
            and load[inspector.id] < self._sheet.cap
            and (seat > 0 or inspector.lead)
        ]
        if not can:
            # Shown rather than filled by bending a rule: the county lends an inspector.
            return UNASSIGNED
        # Least busy of those who can, not of all: somebody barred from this firm must not hold the others back.
        limit = min(load[inspector] for inspector in can) + self._sheet.slack
        prefix = f"I\x00{self._key}\x00{firm}\x00{seat}\x00".encode()
        taken = min(
            (inspector for inspector in can if load[inspector] <= limit),
            key=lambda inspector: sha256(prefix + inspector.encode()).digest(),
        )
        load[taken] += 1
        return taken


def quota(size: int, num: int, den: int, least: int) -> int:
    """Return how many of `size` firms are drawn: num/den of them, rounded up, but `least` where there are so many."""
    # In whole numbers: fractions of a computer round differently from those on paper, and a result hangs on it.
    return min(size, max(least, -(-size * num // den)))


def share_out(total: int, sizes: dict[str, int]) -> dict[str, int]:
    """Return how many to draw from each stratum when `total` is fixed: largest remainder, ties by code.

    A fixed total is settled before the freeze and written into the stratum as num 0, den 1, min = the number.
    Raises ValueError unless 0 <= total <= the sum of the sizes.
    """
    everybody = sum(sizes.values())
    if not 0 <= total <= everybody:
        raise ValueError(f"{total} outside 0..{everybody}")
    if total == 0:
        return dict.fromkeys(sizes, 0)
    shares = {code: total * size // everybody for code, size in sizes.items()}
    # Whole numbers throughout: remainders as fractions would tie or not according to the machine.
    # Ties by code: whoever recomputes must not need to know in which order the strata were entered.
    by_remainder = sorted(sizes, key=lambda code: (-(total * sizes[code] % everybody), code))
    for code in by_remainder[: total - sum(shares.values())]:
        shares[code] += 1
    return shares


def pool_csv(entries: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield pool.csv in pieces: id, name, stratum and, for those left out, the reason; as `PoolEntry`, sorted by id."""
    # A million lines are held as no one text.
    rows = chain((PoolEntry._fields,), entries)
    while some := list(islice(rows, LINES)):
        text = "\n".join(map(",".join, some)) + "\n"
        # Nearly always no line has what is to be quoted.
        is_plain = text.count(",") == len(some) * 3 and text.count("\n") == len(some) and '"' not in text
        if is_plain and not any(sign in text and f",{sign}" in text for sign in _FORMULA):
            yield text.encode()
        else:
            yield csv_bytes(map(_harmless, some))


def _harmless(line: Sequence[str]) -> Sequence[str]:
    """Return a line of pool.csv with a quote that keeps a spreadsheet from taking its name for a formula."""
    id_, name, *rest = line
    return (id_, f"'{name}", *rest) if name[:1] in _FORMULA else line


def csv_bytes(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Return rows as CSV: UTF-8 without a mark, line feeds, quoted only where needed."""
    text = StringIO(newline="")
    # The writer's own line end is CR LF; the hash of the file must be the same on every system.
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def typed_seed(text: str) -> str:
    """Return a seed as typed with full-width digits made ASCII and all spaces dropped; nothing else is changed."""
    # Input methods give full-width digits; correcting more would be guessing at what was thrown.
    return "".join(text.translate(_HALF_WIDTH).split())


_HALF_WIDTH = {ord("０") + digit: ord("0") + digit for digit in range(10)}


def grouped(fingerprint: str) -> str:
    """Return 64 hexadecimal digits in eight groups, to be read out and compared."""
    return " ".join(fingerprint[start : start + 8] for start in range(0, len(fingerprint), 8))
