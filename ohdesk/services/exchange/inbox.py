"""Many bundles at once: what lies on a stick, looked at before it is taken in, and one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ohdesk.db.models import BundleIn, BundleState
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.progress import Progress
from ohdesk.errors import UserError
from ohdesk.i18n import mark, tr
from ohdesk.services.context import Context
from ohdesk.services.exchange.checks import bundle_facts
from ohdesk.services.exchange.receiving import Taken, lacking, take_in
from ohdesk.services.exchange.senders import believed_sender
from ohdesk.services.trust import keys
from ohdesk.sync.manifest import Head
from ohdesk.sync.problems import BundleRefusedError, NewerBundleError, NotAddressedError
from ohdesk.sync.reader import read_outer

SUFFIX = ".ohb"


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of a bundle before it is taken in; nothing has changed.

    facts:  each check in the order made, the first that fails ends them
    head:   what it says of itself, None when not even that could be read
    remedy: what to do about the check that failed
    waits:  what must come before it, in words; it would be parked
    held:   it was taken in before
    """

    path: Path
    size: int
    facts: tuple[Fact, ...]
    head: Head | None = None
    sender: str = ""
    remedy: str = ""
    waits: tuple[str, ...] = ()
    held: bool = False

    @property
    def sound(self) -> bool:
        """True when every check holds."""
        return all(fact.verdict is Verdict.HOLDS for fact in self.facts)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one file: taken, or refused with the reason and nothing changed."""

    path: Path
    taken: Taken | None
    refusal: UserError | None


def bundles_in(folder: Path) -> tuple[Path, ...]:
    """Return the bundles in a folder and in the folders right inside it, by name: each sender's in order.

    Raises UserError when the folder cannot be read.
    """
    try:
        # Right inside, not below: people put each town's bundle into a folder of its own, and nobody wants a whole
        # drive searched.
        places = [folder, *sorted(place for place in folder.iterdir() if place.is_dir())]
    except OSError as error:
        raise UserError(tr("读不到“{folder}”。", folder=folder), tr("请重新插入优盘，或另选文件夹。")) from error
    return tuple(sorted((path for place in places for path in _bundles(place)), key=lambda path: path.name))


def bundles_of_others(ctx: Context, folder: Path) -> tuple[Path, ...]:
    """Return the bundles in a folder without those this workspace wrote itself, by their names."""
    # Told by name, before anything is opened: the stick that goes back and forth is full of one's own.
    own = f"_{ctx.office.replica[:8]}_"
    return tuple(path for path in bundles_in(folder) if own not in path.name)


def look(ctx: Context, path: Path) -> Preview:
    """Check a bundle as far as can be told without taking it in.

    Raises UserError without a county, NoSuchFileError, and MachineError from the medium.
    """
    with ctx.reading() as session:
        roots = keys.county_roots(ctx, session)
    try:
        outer = read_outer(path)
    except BundleRefusedError as error:
        failing = "version" if isinstance(error, NewerBundleError) else "form"
        facts = bundle_facts(_CHECKS, {failing: (Verdict.FAILS, error.message)})
        return Preview(path, path.stat().st_size, facts, remedy=error.remedy)
    found = {"form": (Verdict.HOLDS, ""), "version": (Verdict.HOLDS, outer.head.fmt)}
    seen = partial(Preview, path, outer.size, head=outer.head)
    with ctx.reading() as session:
        try:
            sender = believed_sender(ctx, session, outer, roots)
        except BundleRefusedError as error:
            found["signature"] = (Verdict.FAILS, error.message)
            return seen(bundle_facts(_CHECKS, found), remedy=error.remedy)
        found["signature"] = (Verdict.HOLDS, f"{sender.office} {sender.division}")
        if keys.opener(ctx, session).fingerprints.isdisjoint(outer.head.to):
            refusal = NotAddressedError()
            found["addressed"] = (Verdict.FAILS, refusal.message)
            return seen(bundle_facts(_CHECKS, found), sender=sender.office, remedy=refusal.remedy)
        found["addressed"] = (Verdict.HOLDS, ctx.office.name)
        known = session.get(BundleIn, outer.identity)
        # A parked one is known too, but waits still.
        held = known is not None and known.outcome == BundleState.APPLIED
        waits = () if held else lacking(ctx, session, outer)
    return seen(bundle_facts(_CHECKS, found), sender=sender.office, waits=waits, held=held)


def take_in_all(
    ctx: Context,
    paths: Sequence[Path],
    report: Progress,
    arrived: Callable[[Arrival], None],
) -> int:
    """Take in many bundles, one after the other; return how many were not refused.

    `arrived` hears of each file as soon as it is done; `report` may stop the work between two files.
    A file that is refused changes nothing and does not stop the others.
    """
    good = 0
    for number, path in enumerate(paths):
        # Between two files only: inside one there is a single transaction, which cancelling would throw away whole.
        report(number, len(paths))
        try:
            taken = take_in(ctx, path)
        except UserError as error:
            arrived(Arrival(path, None, error))
        else:
            good += 1
            arrived(Arrival(path, taken, None))
    return good


def _bundles(folder: Path) -> list[Path]:
    try:
        return [
            path
            for path in folder.iterdir()
            if path.suffix.lower() == SUFFIX and not path.name.startswith(".") and path.is_file()
        ]
    except OSError:
        # A folder that cannot be read hides only its own bundles; those beside it are still offered.
        return []


_CHECKS = {
    "form": mark("完整"),
    "version": mark("版本可用"),
    "signature": mark("发送方的签名，证书由本县签发"),
    "addressed": mark("收件人是本单位"),
}
