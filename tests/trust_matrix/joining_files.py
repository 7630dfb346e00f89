"""Cards, requests and answers."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec

from ohdesk.domain.canonical import parse
from ohdesk.security import certificates, trust_files
from ohdesk.security.certificates import DeviceSubject
from ohdesk.security.signing_keys import DeviceKey, PersonKey, age_recipient, new_age_identity, replica_of
from ohdesk.services.context import Context
from ohdesk.services.trust import certified, joining
from tests.asker import Asker, Person, person
from tests.conftest import NOON
from tests.trust_bench import COUNTY, HOME, OTHER, Bench, somebody
from tests.trust_matrix.case import Table, To, What

TABLE = Table()


# Asking the county for certificates


def asks(*people: Callable[[], Person], **claimed: Any) -> Callable[[Bench], Path]:
    """Somebody asks for a new laptop and these people, and claims this."""
    return lambda bench: bench.asker().request(*(each() for each in people), **claimed)


def asks_again(change: Callable[[Bench, Asker, Person], Path]) -> Callable[[Bench], Path]:
    """A town has asked for a laptop and a person before, and asks once more."""

    def made(bench: Bench) -> Path:
        asker, who = bench.asker(), somebody()
        joining.issue(bench.world.county, asker.request(who), bench.place())
        return change(bench, asker, who)

    return made


def key_taken_back(bench: Bench, asker: Asker, who: Person) -> Path:
    bench.take_back(who.key_hash)
    return asker.request(who)


def device_taken_back(bench: Bench, asker: Asker, _who: Person) -> Path:
    bench.take_back(certified.key_of(asker.device.public_der))
    return asker.request()


def with_another_card(bench: Bench) -> Path:
    return replace(bench.asker(), card="0" * 64).request()


def signed_by_another(bench: Bench) -> Path:
    asker = bench.asker()
    return replace(asker, device=DeviceKey.create()).request(
        device=asker.device.public_der, replica=replica_of(asker.device.public_der)
    )


def persons_key_for_a_laptop(bench: Bench) -> Path:
    """The laptop's key is of the kind that people sign with."""
    key = PersonKey.create()
    asker = replace(bench.asker(), device=cast("DeviceKey", key))
    return asker.request(device=key.public_der, replica=replica_of(key.public_der))


def one_person_twice(bench: Bench) -> Path:
    who = somebody()
    return bench.asker().request(who, Person(who.id, who.name, "T-2"))


def one_key_twice(bench: Bench) -> Path:
    who = somebody()
    return bench.asker().request(who, somebody(key=who.key))


def asks_with_the_root_key(bench: Bench) -> Path:
    return bench.asker().request(somebody(key=bench.root_key))


def takes_over_itself(_bench: Bench, asker: Asker, _who: Person) -> Path:
    return asker.request(takes_over=replica_of(asker.device.public_der))


refused_asking = partial(TABLE.comes, what=What.REFUSED, to=To.CLERK)
refused_asking("for the county's own division", asks(division=COUNTY), said="应为本县镇街的 9 位代码")
refused_asking("for the county's code in nine digits", asks(division="000000000"), said="应为本县镇街的 9 位代码")
refused_asking("for a town of another county", asks(division="000001001"), said="应为本县镇街的 9 位代码")
refused_asking("for abc", asks(division="abc"), said="应为本县镇街的 9 位代码")
refused_asking(
    "under the replica of the other town",
    lambda b: b.asker().request(replica=b.world.towns[1].office.replica),
    said="冒用了别的电脑",
)
refused_asking(
    "under the county's replica",
    lambda b: b.asker().request(replica=b.world.county.office.replica),
    said="冒用了别的电脑",
)
refused_asking(
    "for the county's own key", lambda b: b.asker(b.own(b.world.county).key).request(), said="县级自己的密钥"
)
refused_asking(
    "for the other town's device key",
    lambda b: b.asker(b.own(b.world.towns[1]).key).request(),
    said="已登记在 000000002",
)
refused_asking("for an inspector of the other town", asks(lambda: somebody(OTHER)), said="不是这个镇街登记的人员")
refused_asking(
    "one key for a second person",
    asks_again(lambda b, _, who: b.asker().request(somebody(key=who.key, name="林珏"))),
    said="密钥已登记给",
)
refused_asking("for a person's key taken back", asks_again(key_taken_back), said="吊销了这把密钥")
refused_asking("for a device key taken back", asks_again(device_taken_back), said="吊销了这把密钥")
refused_asking("to take over from a laptop nobody knows", asks(takes_over="0" * 16), said="不是这个镇街登记过的")
refused_asking(
    "to take over from the other town's laptop",
    lambda b: b.asker().request(takes_over=b.world.towns[1].office.replica),
    said="不是这个镇街登记过的",
)
refused_asking("with another county's card", with_another_card, said="另一张县级名片")
refused_asking("signed with another key", signed_by_another, said="签名不成立")
refused_asking("under a name of two lines", asks(name="石桥镇\n指纹已由系统核对一致"), said="看不见的字符")
for digits in ("０00000001", "٠٠٠٠٠٠٠٠١", "000000001 ", "000000001\u200b", "000000001001", "000000"):
    refused_asking(f"for {digits!a}", asks(division=digits), said="应为本县镇街的 9 位代码")
for name in ("石\u200b桥镇", "石桥镇\u202e", "石桥镇\u3164", "\u2800", "石桥镇\ufe0f", "\u3000", " 石桥镇"):
    refused_asking(f"under the name {name!a}", asks(name=name), said="看不见的字符")
refused_asking("under a name of 65 characters", asks(name="石" * 65), said="不能写入证书")
refused_asking("with a person's key for the laptop's", persons_key_for_a_laptop, said="设备密钥不是规定的种类")
refused_asking(
    "one number for two persons",
    asks(partial(person, HOME, number="T-1"), partial(person, HOME, number="ｔ–1")),
    said="同一个执法证号出现两次",
)
refused_asking("for one person twice", one_person_twice, said="同一人出现两次")
refused_asking("one key for two persons at once", one_key_twice, said="同一密钥出现两次")
refused_asking("for the county's own key as a person's", asks_with_the_root_key, said="县级自己的密钥")
refused_asking("to take over from itself", asks_again(takes_over_itself), said="接替它自己")
refused_asking(
    "once more, for another town",
    asks_again(lambda _, asker, __: asker.request(division=OTHER)),
    said="已登记在 000000001",
)
TABLE.comes(
    "once more, under another name",
    asks_again(lambda _, asker, who: asker.request(who, name="石桥街道")),
    What.APPLIED,
    "与以前不同",
    To.CLERK,
)
TABLE.comes(
    "once more, with one more person",
    asks_again(lambda _, asker, who: asker.request(who, somebody(name="林珏"))),
    What.APPLIED,
    "林珏",
    To.CLERK,
)
TABLE.comes(
    "another person of the same name",
    asks_again(lambda b, _, who: b.asker().request(somebody(name=who.name))),
    What.APPLIED,
    "已有一位同名人员",
    To.CLERK,
)
TABLE.comes(
    "the number of somebody certified, spelled otherwise",
    asks_again(lambda b, _, who: b.asker().request(person(HOME, number=who.number.upper().replace("-", " ")))),
    What.FLAGGED,
    "另一把密钥",
    To.CLERK,
)
TABLE.comes("under a name of 64 characters", asks(name="石" * 64), What.APPLIED, "新登记", To.CLERK)
TABLE.comes("for a new laptop and a new inspector", asks(somebody), What.APPLIED, "新登记", To.CLERK)
TABLE.comes(
    "once more for the same keys", asks_again(lambda _, asker, who: asker.request(who)), What.APPLIED, "续期", To.CLERK
)
TABLE.comes(
    "another key for the same person",
    asks_again(lambda b, _, who: b.asker().request(Person(who.id, number=who.number))),
    What.FLAGGED,
    "另一把密钥",
    To.CLERK,
)


# The county's answer, and its card


def answer(bench: Bench, to: Context) -> Path:
    """The county's answer to the request that a town makes now; the town waits for it."""
    card, request, answered = bench.place("card"), bench.place("request"), bench.place("answer")
    joining.write_card(bench.world.county, card)
    joining.write_request(to, card, request)
    joining.issue(bench.world.county, request, answered)
    return answered


def answer_for_another(bench: Bench) -> Path:
    waits = answer(bench, bench.world.towns[1])
    answer(bench, bench.world.town)
    return waits


def answer_twice(bench: Bench) -> Path:
    path = answer(bench, bench.world.town)
    joining.accept(bench.world.town, path)
    return path


def answer_of_another_county(bench: Bench) -> Path:
    path = answer(bench, bench.world.town)
    honest = msgspec.convert(parse(path.read_bytes()), trust_files.Answer)
    path.write_bytes(trust_files.signed(honest, PersonKey.create()).data)
    return path


def answer_with_another_key(bench: Bench) -> Path:
    path = answer(bench, bench.world.town)
    honest = msgspec.convert(parse(path.read_bytes()), trust_files.Answer)
    false = msgspec.structs.replace(honest, device=bench.laptop().certificate)
    path.write_bytes(trust_files.signed(false, bench.root_key).data)
    return path


def card(bench: Bench) -> Path:
    path = bench.place("card")
    joining.write_card(bench.world.county, path)
    return path


def card_for_an_answer(bench: Bench) -> Path:
    answer(bench, bench.world.town)
    return card(bench)


def card_with(bench: Bench, key: PersonKey | None = None, **changed: Any) -> Path:
    """The county's card with other values, signed with its root key unless with another."""
    path = card(bench)
    honest = msgspec.convert(parse(path.read_bytes()), trust_files.CountyCard)
    path.write_bytes(trust_files.signed(msgspec.structs.replace(honest, **changed), key or bench.root_key).data)
    return path


def card_of_another_county(bench: Bench, code: str = "000001") -> Path:
    key, device = PersonKey.create(), DeviceKey.create()
    root = certificates.make_root(key, "青原县卫生健康局", code, NOON)
    named = DeviceSubject(replica=replica_of(device.public_der), office="青原县卫生健康局", division=code)
    issued = certificates.issue(key, root, device.public_der, named, NOON)
    return card_with(bench, key, root=root, device=issued)


def seals_for_a_stranger(bench: Bench) -> Path:
    stranger = age_recipient(new_age_identity())
    return card_with(bench, PersonKey.create(), recipients=(stranger, stranger))


TABLE.comes("the county's answer", lambda b: answer(b, b.world.town), What.APPLIED, to=To.TOWN_WAITING)
TABLE.comes("an answer for the other town's request", answer_for_another, What.REFUSED, "另一份申请", To.TOWN_WAITING)
TABLE.comes("an answer a second time", answer_twice, What.REFUSED, "没有等待答复", To.TOWN_WAITING)
TABLE.comes(
    "an answer of another county", answer_of_another_county, What.REFUSED, "不是由名片上的县级签发", To.TOWN_WAITING
)
TABLE.comes(
    "an answer with another laptop's certificate", answer_with_another_key, What.REFUSED, "另一台设备", To.TOWN_WAITING
)
TABLE.comes("a card for an answer", card_for_an_answer, What.REFUSED, "另一种文件", To.TOWN_WAITING)
TABLE.comes("the county's card", card, What.APPLIED, to=To.TOWN_ASKING)
TABLE.comes("a card exchanged after comparing", card, What.REFUSED, "核对之后换过", To.TOWN_COMPARED)
TABLE.comes("the card of another county", card_of_another_county, What.REFUSED, "请向本县索取名片", To.TOWN_ASKING)
for code in (COUNTY, HOME):
    TABLE.comes(
        f"a card in the county's name and for {code}, under another root",
        partial(card_of_another_county, code=code),
        What.REFUSED,
        "已经加入另一个县级" if code == COUNTY else "请向本县索取名片",
        To.TOWN_ASKING,
    )
TABLE.comes("a card that seals for a stranger", seals_for_a_stranger, What.REFUSED, "签名不成立", To.TOWN_ASKING)
TABLE.comes("a request exchanged after comparing", asks(somebody), What.REFUSED, "核对之后换过", To.CLERK_COMPARED)
