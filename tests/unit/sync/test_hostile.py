"""Bundles that no ohdesk writes, by somebody who can sign and encrypt: each is refused for what it is."""

from functools import partial
from hashlib import sha256

import msgspec
import pytest

from ohdesk.domain.canonical import canonical
from ohdesk.sync import limits
from ohdesk.sync.container import Entry, chunks, directory, local_header
from ohdesk.sync.manifest import (
    OUTER_CAPS,
    PAYLOAD,
    SUITE,
    Acks,
    Cut,
    Head,
    Held,
    Manifest,
    Refused,
    blob_name,
    decode,
    decode_head,
    encode,
)
from ohdesk.sync.problems import (
    BundleRefusedError,
    ChangedBundleError,
    HostileBundleError,
    NewerBundleError,
    NoSuchFileError,
    TooLargeError,
)
from ohdesk.sync.reader import read_inner, read_outer
from ohdesk.sync.writer import Member, member
from tests.unit.sync.bundle_doubles import Keys, blob, contents, operations, write_to

KEYS = Keys()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.ohb"


def read(path):
    outer = read_outer(path)
    return read_inner(path, outer, KEYS.opener, lambda _digest, _content: None)


def repacked(path, **changed):
    """Write the bundle at `path` again with some outer members replaced, in perfect form."""
    outer = read_outer(path)
    start = len(local_header(Entry(PAYLOAD, 0, 0, 0)))
    payload = path.read_bytes()[start : start + outer.head.payload.len]
    parts = dict(zip(OUTER_CAPS, (payload, outer.certificate, outer.head_bytes, outer.signature), strict=True))
    parts |= {name.replace("_", "."): content for name, content in changed.items()}
    path.write_bytes(b"".join(chunks((name, partial(parts.__getitem__, name)) for name in parts)))


def with_head(path, **changed):
    """Write the bundle again under a head with other values."""
    write_to(path, KEYS, contents(KEYS, operations(1, 2), [b"photo"]))
    head = msgspec.to_builtins(read_outer(path).head)
    repacked(path, head_json=canonical(head | changed))


def refuses(path, said, kind=HostileBundleError):
    write_to(path, KEYS, said)
    with pytest.raises(kind):
        read(path)


@pytest.mark.parametrize(
    "lines",
    [
        operations(2, 2),
        operations(1, 1) + operations(3, 1),
        operations(1, 2, replica="ff" * 8),
        operations(1, 2, town="000000009"),
        [operations(1, 1)[0], operations(2, 1, previous="e" * 64)[0]],
        [b"{}", b"{}"],
        [b"[1]", b"null"],
        [b'{"a":1,"a":1}', b"x"],
        [b"[" * 5000 + b"]" * 5000, b"{}"],
        [operations(1, 1)[0].replace(b'"s":1', b'"s":true')],
        [operations(1, 1)[0].replace(b'"s":1', b'"s":1.0')],
        [operations(1, 1)[0].replace(b'"s":1', b'"s":NaN')],
        [operations(1, 1)[0].replace(b'"by":""', b'"by":"\\ud800"')],
    ],
)
def test_operations_out_of_order_of_somebody_else_or_misspelt(path, lines):
    refuses(path, contents(KEYS, lines))


@pytest.mark.parametrize(
    "change",
    [
        (b'"at"', b' "at"'),
        (b'"v":{', b'"v":{"x":' + b"9" * 5000 + b","),
        (b'"v":{', b'"v":{"x":' + b"[" * 500 + b"]" * 500 + b","),
        (b'"blobs":[]', b'"blobs":7'),
        (b'"blobs":[]', b'"blobs":["sha256:photo"]'),
        (b'"id":"x"', b'"id":{}'),
    ],
)
def test_an_operation_whose_place_can_be_read_is_handed_on_as_it_came_for_the_journal_to_judge(path, change):
    line = operations(1, 1)[0].replace(*change)
    write_to(path, KEYS, contents(KEYS, [line]))
    assert read(path).operations == [line]


def test_fewer_operations_than_promised(path):
    joined = b"".join(line + b"\n" for line in operations(1, 1))
    said = contents(KEYS, operations(1, 2))
    refuses(path, said._replace(members=(member("ops/000001-000002.jsonl", joined),)))


def test_operations_without_their_last_line_feed(path):
    said = contents(KEYS, operations(1, 1))
    bare = member("ops/000001-000001.jsonl", operations(1, 1)[0])
    refuses(path, said._replace(members=(bare,)), ChangedBundleError)


@pytest.mark.parametrize(
    "name",
    [
        "ops/1.jsonl",
        "ops/000001-000002.jsonl\n",
        "ops/٠٠٠٠٠١-٠٠٠٠٠٢.jsonl",
        "defs/x.json",
        "defs/../" + "a" * 64 + ".json",
        "blobs/aa/short",
        "blobs/aa/" + "A" * 64,
        "blobs/../" + "a" * 64,
        "/blobs/aa/" + "a" * 64,
        "blobs\\aa\\" + "a" * 64,
        "other.json",
        "manifest.json",
        "acks.json.exe",
        "../acks.json",
        "c:acks.json",
        "ops",
        "",
    ],
)
def test_parts_outside_the_list_of_names(path, name):
    refuses(path, contents(KEYS, operations(1, 1), extra=[member(name, b"x")]), BundleRefusedError)


def test_a_blob_under_another_name(path):
    other = blob(b"one")
    content = b"two"
    wrong = Member(other.name, len(content), sha256(content).hexdigest(), lambda: content)
    refuses(path, contents(KEYS, [], extra=[wrong]), ChangedBundleError)


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"holds":[],"missing":[]}',
        b'{"holds":[],"missing":[],"more":1,"refused":[]}',
        b'{"holds":{},"missing":[],"refused":[]}',
        b"[]",
        b"",
    ],
)
def test_receipts_with_other_fields(path, content):
    refuses(path, contents(KEYS, operations(1, 1), extra=[member("acks.json", content)]), BundleRefusedError)


@pytest.mark.parametrize("name", ["ops/000001-000001.jsonl", "blobs/aa/" + "a" * 64, "acks.json"])
def test_a_part_beyond_its_cap_is_refused_by_the_manifest(path, name, monkeypatch):
    write_to(path, KEYS, contents(KEYS, [], extra=[member(name, b"too long")]))
    monkeypatch.setattr(limits, "largest_part", lambda _kind: 5)
    with pytest.raises(HostileBundleError, match="过大"):
        read(path)


def test_more_operations_than_memory_is_meant_for(path, monkeypatch):
    write_to(path, KEYS, contents(KEYS, operations(1, 2)))
    for limit in ("MOST_OPERATIONS_BYTES", "MOST_OPERATIONS"):
        with monkeypatch.context() as patch:
            patch.setattr(limits, limit, 1)
            with pytest.raises(HostileBundleError, match="操作过多"):
                read(path)


@pytest.mark.parametrize("limit", ["MOST_OPERATIONS_BYTES", "MOST_OPERATIONS", "MOST_BLOBS", "LARGEST_MANIFEST"])
def test_what_no_reader_takes_cannot_be_written(path, limit, monkeypatch):
    monkeypatch.setattr(limits, limit, 1)
    with pytest.raises(TooLargeError):
        write_to(path, KEYS, contents(KEYS, operations(1, 2), [b"one", b"two"]))
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "changed",
    [
        {"class": "snapshot"},
        {"to": ["0" * 64, "0" * 64]},
        {"to": ["x"]},
        {"bundle_seq": 0},
        {"bundle_seq": "1"},
        {"bundle_seq": True},
        {"prev": "x"},
        {"range": None},
        {"range": {"from": 2, "to": 1}},
        {"needs": [{"replica": "x", "town": "000000", "upto": 1}]},
        {"needs": [{"replica": "0" * 16, "upto": 1}]},
        {"counts": {"ops": 3, "blobs": 0, "bytes": 0}},
        {"bundle_seq": 10**9},
        {"bundle_seq": 2**53 - 1},
        {"prev": "0" * 64 + "\n"},
        {"from": {"replica": "0" * 16, "device_fp": "0" * 64, "town": "٠٠٠٠٠٠"}},
        {"manifest": {"len": 1, "sha256": "x"}},
        {"manifest": {"len": -1, "sha256": "0" * 64}},
        {"payload": {"len": 2**32, "sha256": "0" * 64}},
        {"volume": {"set": "", "i": 1, "n": 2}},
        {"made": {"wall": "yesterday", "utc_offset": 0, "monotonic_ok": True, "last_county_time": ""}},
        {"made": {"wall": "2026-13-02T01:00:00Z", "utc_offset": 0, "monotonic_ok": True, "last_county_time": ""}},
        {"fmt": "zip/1.0"},
        {"fmt": "ohb/0.9"},
        {"min_reader": "0.9"},
        {"schema": {"ver": 0, "hash": "0" * 64}},
        {"min_reader": "new"},
        {"min_reader": None},
        {"more": 1},
    ],
)
def test_a_head_with_values_that_cannot_be(path, changed):
    with_head(path, **changed)
    with pytest.raises(HostileBundleError):
        read_outer(path)


def test_what_a_head_is_refused_for_is_told_without_its_control_characters_and_in_few_words():
    with pytest.raises(HostileBundleError) as refused:
        decode_head(canonical({"fmt": "ohb/1.0", "min_reader": "1.0", "suite": SUITE, "\x1b[2J" + "k" * 9999: 1}))
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 300


@pytest.mark.parametrize(
    "changed",
    [{"min_reader": "1.1"}, {"fmt": "ohb/2.0"}, {"min_reader": "2.0", "fmt": "ohb/2.0"}, {"suite": "sm2+sm3+sm4"}],
)
def test_a_head_that_needs_a_newer_program(path, changed):
    with_head(path, **changed)
    with pytest.raises(NewerBundleError):
        read_outer(path)


def test_another_major_format_is_named_in_the_refusal(path):
    with_head(path, fmt="ohb/2.3")
    with pytest.raises(NewerBundleError, match=r"格式 2\.0"):
        read_outer(path)


def test_a_newer_head_that_we_may_read_keeps_what_we_do_not_know(path):
    with_head(path, fmt="ohb/1.7", later={"field": 1})
    assert isinstance(read_outer(path).head, Head)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b'{"fmt":1}', b"\xff", b" {}", b"{" * 9999])
def test_heads_that_are_no_heads(data):
    with pytest.raises(BundleRefusedError):
        decode_head(data)


def test_counts_that_promise_other_than_what_is_inside(path):
    with_head(path, counts={"ops": 2, "blobs": 0, "bytes": 0})
    with pytest.raises(HostileBundleError):
        read(path)


@pytest.mark.parametrize("length", [0, 2**31])
def test_a_manifest_longer_than_any_is_refused_by_the_head(path, length):
    with_head(path, manifest={"len": length, "sha256": "0" * 64})
    with pytest.raises(HostileBundleError):
        read(path)


def test_another_certificate_than_the_head_names(path):
    write_to(path, KEYS, contents(KEYS, operations(1, 1)))
    repacked(path, sender_cer=b"another")
    with pytest.raises(ChangedBundleError):
        read_outer(path)


def test_another_payload_than_the_head_names(path, tmp_path):
    write_to(path, KEYS, contents(KEYS, operations(1, 1)))
    repacked(path, payload_age=b"age-encryption.org/v1 something else")
    with pytest.raises(ChangedBundleError):
        read_outer(path)


@pytest.mark.parametrize("member_name", ["sender_cer", "head_json", "head_sig"])
def test_small_members_beyond_their_caps(path, member_name):
    write_to(path, KEYS, contents(KEYS, operations(1, 1)))
    repacked(path, **{member_name: b"x" * 300_000})
    with pytest.raises(HostileBundleError):
        read_outer(path)


def test_a_member_too_many_or_too_few(path):
    write_to(path, KEYS, contents(KEYS, operations(1, 1)))
    repacked(path, extra=b"x")
    with pytest.raises(ChangedBundleError):
        read_outer(path)
    data = local_header(Entry("payload.age", 0, 0, 0))
    path.write_bytes(data + directory([Entry("payload.age", 0, 0, 0)]))
    with pytest.raises(HostileBundleError):
        read_outer(path)


def test_a_file_larger_than_any_bundle_is_refused_unread(path):
    with path.open("wb") as file:
        file.truncate(2**32)
    with pytest.raises(HostileBundleError):
        read_outer(path)


def test_no_file_at_all(path):
    with pytest.raises(NoSuchFileError):
        read_outer(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"to": [f"{number:064x}" for number in range(1001)]},
        {"needs": [{"replica": f"{number:016x}", "town": "000000", "upto": 1} for number in range(1001)]},
        {"app": "9" * 41},
        {"schema": {"ver": 10**9, "hash": "0" * 64}},
        {"made": {"wall": "1969-12-31T00:00:00Z", "utc_offset": 0, "monotonic_ok": True, "last_county_time": ""}},
        {"made": {"wall": "2026-03-02T01:00:00Z", "utc_offset": 10**9, "monotonic_ok": True, "last_county_time": ""}},
        {"counts": {"ops": 2, "blobs": -1, "bytes": 0}},
        {"volume": {"set": "x" * 9999, "i": 1, "n": 1}},
    ],
)
def test_a_head_with_more_than_any_county_has(path, changed):
    with_head(path, **changed)
    with pytest.raises(HostileBundleError):
        read_outer(path)


@pytest.mark.parametrize(
    "acks",
    [
        Acks(missing=tuple(f"{number:064x}" for number in range(20_001))),
        Acks(refused=tuple(Refused("0" * 16, number, "") for number in range(1, 3002))),
        Acks(refused=(Refused("0" * 16, 1, "因" * 301),)),
        Acks(holds=tuple(Held(f"{number:016x}", 1, "0" * 64) for number in range(1001))),
    ],
)
def test_a_receipt_longer_than_any(path, acks):
    refuses(path, contents(KEYS, operations(1, 1), extra=[member("acks.json", encode(acks))]))


WHOLE = b"a document with a photo and another photo in it"


def cut_from(content, at, size, digest=""):
    return Cut(digest or sha256(content[at : at + size]).hexdigest(), at, size)


def with_cuts(path, *cuts):
    said = contents(KEYS, operations(1, 1), [WHOLE])
    *others, carried = said.members
    write_to(path, KEYS, said._replace(members=(*others, carried._replace(cuts=cuts))))
    return read(path)


def test_blobs_within_another_come_with_it_counted(path):
    cuts = (cut_from(WHOLE, 0, 3), cut_from(WHOLE, 3, 7))
    assert with_cuts(path, *cuts).blobs == {
        sha256(WHOLE).hexdigest(): len(WHOLE),
        cuts[0].sha256: 3,
        cuts[1].sha256: 7,
    }


def test_a_blob_that_does_not_stand_where_it_says_is_refused(path):
    with pytest.raises(HostileBundleError):
        with_cuts(path, cut_from(WHOLE, 3, 7, "b" * 64))


@pytest.mark.parametrize(
    ("name", "cuts"),
    [
        ("", [cut_from(WHOLE, 40, 40)]),
        ("", [cut_from(WHOLE, len(WHOLE), 1)]),
        ("", [cut_from(WHOLE, 0, 7), cut_from(WHOLE, 6, 3)]),
        ("", [cut_from(WHOLE, 6, 3), cut_from(WHOLE, 0, 3)]),
        ("", [cut_from(WHOLE, 0, 3, "b" * 64), cut_from(WHOLE, 3, 3, "b" * 64)]),
        ("", [cut_from(WHOLE, 0, len(WHOLE))]),
        ("", [Cut("a" * 64, 0, 0)]),
        ("", [Cut("a" * 64, -1, 1)]),
        ("ops/000001-000001.jsonl", [cut_from(WHOLE, 0, 3)]),
    ],
    ids=["beyond", "behind", "overlap", "order", "twice", "itself", "empty", "before", "operations"],
)
def test_a_manifest_with_blobs_that_cannot_stand_within_another_is_refused(name, cuts):
    digest = sha256(WHOLE).hexdigest()
    listed = {"name": name or blob_name(digest), "len": len(WHOLE), "sha256": digest}
    said = {"fmt": "ohb-manifest/1", "parts": [listed | {"cuts": [msgspec.to_builtins(cut) for cut in cuts]}]}
    with pytest.raises(HostileBundleError):
        decode(canonical(said), Manifest, "manifest.json")


def test_no_blobs_within_another_have_one_spelling():
    digest = sha256(WHOLE).hexdigest()
    listed = {"name": blob_name(digest), "len": len(WHOLE), "sha256": digest}
    said = {"fmt": "ohb-manifest/1", "parts": [listed]}
    assert decode(canonical(said), Manifest, "manifest.json").parts[0].cuts == ()
    with pytest.raises(HostileBundleError):
        decode(canonical(said | {"parts": [listed | {"cuts": []}]}), Manifest, "manifest.json")
