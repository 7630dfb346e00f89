"""Acts that bind a person: draws and final records, and whose signature they carry."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ohdesk.db.chain import NO_HASH
from ohdesk.domain.calendar import instant_text
from ohdesk.domain.canonical import canonical, parse
from tests.asker import Person
from tests.conftest import NOON
from tests.trust_bench import HOME, OTHER, Bench, days, signature, somebody
from tests.trust_matrix.case import Table, What, came_before

TABLE = Table()


# The person's signature


def freezes(
    who: Callable[[Bench], Person], at: datetime = NOON, of: str = HOME, **changed: Any
) -> Callable[[Bench], Path]:
    """A laptop of a town freezes a draw in somebody's name, with their key and these lies."""

    def made(bench: Bench) -> Path:
        laptop = bench.laptop(of)
        return bench.bundle(laptop, bench.draw(laptop, who(bench), at=at, **changed))

    return made


def inspector(division: str = HOME, **term: datetime) -> Callable[[Bench], Person]:
    """An inspector with a certificate for a town."""
    return lambda bench: bench.inspector(division, **term)


def lent(bench: Bench) -> Person:
    """An inspector of the other town, lent to this one from the 5th to the 7th."""
    who = bench.inspector(OTHER)
    bench.certify(who, HOME, NOON + days(3), NOON + days(5))
    return who


def taken_back_since(bench: Bench) -> Person:
    who = bench.inspector()
    bench.take_back(who.key_hash)
    return who


def with_anothers_key(bench: Bench) -> Path:
    laptop, who = bench.laptop(), bench.inspector()
    return bench.bundle(laptop, bench.draw(laptop, who, bench.inspector().key))


def with_the_signature_of_another_draw(bench: Bench) -> Path:
    laptop, who = bench.laptop(), bench.inspector()
    (first,) = bench.chained([bench.draw(laptop, who)])
    return bench.bundle(laptop, bench.draw(laptop, who, sig=parse(first)["sig"]))


def in_the_name_of_anothers_key(bench: Bench) -> Path:
    """Signed by one, with the fingerprint of the other's key beside it."""
    laptop, who, other = bench.laptop(), bench.inspector(), bench.inspector()
    said = bench.draw(laptop, who)
    del said["sig"]
    signed = signature(other.key, canonical({"s": 1, "p": NO_HASH} | said))
    return bench.bundle(laptop, said | {"sig": signed | {"key": who.key_hash}})


def numbered_twice(bench: Bench) -> Path:
    laptop, who = bench.laptop(), bench.inspector()
    draw = bench.draw(laptop, who)
    first, bodies = came_before(bench, laptop, draw)
    return bench.next_bundle(first, laptop, bodies, draw | {"id": bench.new_id(HOME)})


def about_anothers_draw(kind: str, values: dict[str, Any]) -> Callable[[Bench], Path]:
    """One laptop freezes a draw, a laptop of the other town goes on with it."""

    def made(bench: Bench) -> Path:
        laptop, other = bench.laptop(), bench.laptop(OTHER)
        draw = bench.draw(laptop, bench.inspector())
        came_before(bench, laptop, draw)
        who = bench.inspector(OTHER)
        said = bench.said(other, kind, draw["id"], values, by=who.id)
        return bench.bundle(other, said | ({"sig": who.key} if kind == "draw.voided@1" else {}))

    return made


_SEED = {"seed": "1234567890", "minutes": {"source": "骰子", "witnesses": "甲、乙"}, "receipt": ""}
TABLE.comes("a draw that its inspector signed", freezes(inspector()), What.APPLIED)
TABLE.comes("a draw that nobody signed", freezes(inspector(), sig=None), What.ASIDE, "没有办理人的个人签名")
TABLE.comes("a draw with something else for a signature", freezes(inspector(), sig="是"), What.ASIDE, "格式不对")
TABLE.comes(
    "a draw signed with a key of the device's choice", freezes(lambda _: somebody()), What.ASIDE, "没有县级签发的证书"
)
TABLE.comes("a draw signed with a colleague's key", with_anothers_key, What.ASIDE, "不是签名人本人的")
TABLE.comes("a draw with the signature of another draw", with_the_signature_of_another_draw, What.ASIDE, "核验不通过")
TABLE.comes("a draw signed by another than it says", in_the_name_of_anothers_key, What.ASIDE, "核验不通过")
TABLE.comes("a draw signed by the other town's inspector", freezes(inspector(OTHER)), What.ASIDE, "不能用于 000000001")
TABLE.comes("an inspector who is lent, before the term", freezes(lent), What.ASIDE, "有效期不含")
TABLE.comes("an inspector who is lent, inside the term", freezes(lent, NOON + days(4)), What.APPLIED)
TABLE.comes("an inspector who is lent, after the term", freezes(lent, NOON + days(6)), What.ASIDE, "有效期不含")
TABLE.comes("an inspector who is lent, at home meanwhile", freezes(lent, NOON + days(4), OTHER), What.APPLIED)
TABLE.comes(
    "an inspector whose certificate has ended",
    freezes(inspector(until=NOON - days(1), since=NOON - days(9))),
    What.ASIDE,
    "有效期不含",
)
TABLE.comes("an inspector whose key was taken back since", freezes(taken_back_since), What.APPLIED)
TABLE.comes(
    "a draw of the other town's",
    freezes(inspector(), record="019cacb3-f200-7869-bae0-041923000000"),
    What.ASIDE,
    "另一个单位",
)
# It stands as given twice, and the county is told to ask: whichever came first is no reason to believe it.
TABLE.comes("a second draw of the same number", numbered_twice, What.APPLIED)
TABLE.comes("the seed of another town's draw", about_anothers_draw("draw.seeded@1", _SEED), What.ASIDE, "另一个单位")
TABLE.comes(
    "another town's draw voided", about_anothers_draw("draw.voided@1", {"reason": "不喜欢"}), What.ASIDE, "另一个单位"
)


# Final records


def finalizes(who: Callable[[Bench], Person], of: str = HOME, **changed: Any) -> Callable[[Bench], Path]:
    """A laptop of a town sends a final record in the name of somebody."""

    def made(bench: Bench) -> Path:
        laptop = bench.laptop(of)
        return bench.bundle(laptop, bench.finalized(laptop, who(bench), **changed))

    return made


def by_a_colleague_who_was_not_there(bench: Bench) -> Path:
    laptop, colleague = bench.laptop(), bench.inspector()
    said = bench.finalized(laptop, bench.inspector(), colleague.key)
    return bench.bundle(laptop, said | {"by": colleague.id})


def final_twice(bench: Bench) -> Path:
    laptop, who, visit = bench.laptop(), bench.inspector(), bench.new_id(HOME)
    first, bodies = came_before(bench, laptop, bench.finalized(laptop, who, visit=visit))
    return bench.next_bundle(first, laptop, bodies, bench.finalized(laptop, who, visit=visit))


def other_content(bench: Bench) -> Path:
    laptop, who = bench.laptop(), bench.inspector()
    said = bench.finalized(laptop, who)
    said["v"]["record_sha256"] = "3" * 64
    return bench.bundle(laptop, said)


def amends_anothers(bench: Bench) -> Path:
    laptop, other = bench.laptop(), bench.laptop(OTHER)
    final = bench.finalized(laptop, bench.inspector())
    came_before(bench, laptop, final)
    who = bench.inspector(OTHER)
    values = {"statement": "改为合格", "reason": "笔误"}
    return bench.bundle(other, bench.said(other, "record.amended@1", final["id"], values, by=who.id) | {"sig": who.key})


def photo_page_by(other: bool) -> Callable[[Bench], Path]:
    """A page of later photos of a record, by its inspector or by another one of the town."""

    def made(bench: Bench) -> Path:
        laptop, who = bench.laptop(), bench.inspector()
        final = bench.finalized(laptop, who)
        first, bodies = came_before(bench, laptop, final)
        page = bench.photo_page(laptop, final, bench.inspector() if other else who)
        return bench.next_bundle(first, laptop, bodies, page)

    return made


def finalizes_when(signed: float, inspected: float) -> Callable[[Bench], Path]:
    """An inspector lent from the 5th to the 7th signs so many days after the 2nd what was inspected then."""
    times = {"at": instant_text(NOON + days(signed)), "inspected": NOON + days(inspected)}
    return lambda bench: finalizes(lent, **times)(bench)


TABLE.comes("a record of one who was lent, inside the term", finalizes_when(4, 3.5), What.APPLIED)
TABLE.comes(
    "a record of one who was lent, inspected before the term", finalizes_when(4, 0), What.ASIDE, "有效期不含 2026-03-02"
)
TABLE.comes(
    "a record of one who was lent, inspected after it was signed",
    finalizes_when(4, 9),
    What.ASIDE,
    "有效期不含 2026-03-11",
)
TABLE.comes("photos brought in later by the inspector", photo_page_by(other=False), What.APPLIED)
TABLE.comes(
    "photos brought in later by who was not there", photo_page_by(other=True), What.ASIDE, "检查人员与文书的不同"
)
TABLE.comes("a record that its inspector signed", finalizes(inspector()), What.APPLIED)
TABLE.comes(
    "a record without a signature, in somebody's name",
    finalizes(inspector(), sig=None),
    What.ASIDE,
    "没有办理人的个人签名",
)
TABLE.comes(
    "a record signed by the other town's inspector", finalizes(inspector(OTHER)), What.ASIDE, "不能用于 000000001"
)
TABLE.comes("a record that says to be the other town's", finalizes(inspector(), office=OTHER), What.ASIDE, "另一个单位")
TABLE.comes(
    "a record made final by a colleague who was not there",
    by_a_colleague_who_was_not_there,
    What.ASIDE,
    "不是文书写明的检查人员",
)
TABLE.comes("a record without its PDF", finalizes(inspector(), blobs=[]), What.ASIDE, "没有附上签名的 PDF")
TABLE.comes("a record under the fingerprint of another", other_content, What.ASIDE, "指纹")
TABLE.comes("a second record of one visit", final_twice, What.ASIDE, "已经有定稿文书")
TABLE.comes("a correction to the other town's record", amends_anothers, What.ASIDE, "另一个单位")
