"""The plain payload, written by somebody who can sign and encrypt: whatever it is, it is read within bounds or refused.

The seal is left out here (`Bare`), so that each case costs microseconds and hypothesis can try many.
"""

import tracemalloc
from hashlib import sha256

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ohdesk.domain.canonical import canonical
from ohdesk.sync import reader
from ohdesk.sync.manifest import Extent, Head, blob_name
from ohdesk.sync.problems import BundleRefusedError, CutBundleError, HostileBundleError
from ohdesk.sync.reader import read_inner, read_outer
from ohdesk.sync.writer import write
from tests.unit.sync.bundle_doubles import Keys, contents, operations, unwatched

KEYS = Keys()
photos = st.lists(st.binary(max_size=200), max_size=4, unique=True)
anywhere = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Bare:
    """Seals and opens without any cipher, in small pieces; what is opened can be exchanged."""

    recipients = fingerprints = frozenset({"0" * 64})
    plain = None
    step = 1 << 16

    def seal(self, plain, cipher):
        room = bytearray(77)
        while came := plain.readinto(memoryview(room)):
            cipher.write(bytes(room[:came]))

    def open(self, _cipher, plain):
        for at in range(0, len(self.plain), self.step):
            plain.write(self.plain[at : at + self.step])


def bundle(path, blobs):
    """Write a bundle of two operations and these blobs; return its outer half and its plain payload."""
    with path.open("w+b") as target:
        write(target, contents(KEYS, operations(1, 2), blobs), Bare(), KEYS, unwatched)
    outer = read_outer(path)
    whole = path.read_bytes()
    start = whole.index(b"payload.age") + len("payload.age")
    return outer, whole[start : start + outer.head.payload.len]


def opened(path, outer, plain, step=1 << 16):
    kept = {}
    opener = Bare()
    opener.plain, opener.step = plain, step
    read_inner(path, outer, opener, lambda digest, content: kept.update({digest: bytes(content)}))
    return kept


def listing(outer, parts, **counts):
    """Return the outer half and the payload of a bundle whose manifest lists `parts`, and nothing behind it."""
    manifest = canonical({"fmt": "ohb-manifest/1", "parts": parts})
    said = msgspec.to_builtins(outer.head)
    said["manifest"] = {"len": len(manifest), "sha256": sha256(manifest).hexdigest()}
    said["counts"] |= {"bytes": sum(part["len"] for part in parts)} | counts
    head = msgspec.convert(said, Head)
    return reader.Outer(head, outer.head_bytes, outer.certificate, outer.signature, outer.size, outer.crc), manifest


def photo_part(number, length):
    digest = f"{number:064x}"
    return {"name": blob_name(digest), "len": length, "sha256": digest}


@anywhere
@given(blobs=photos, step=st.integers(1, 50))
def test_parts_come_out_whatever_the_size_of_the_pieces(tmp_path, blobs, step):
    outer, plain = bundle(tmp_path / "a.ohb", blobs)
    assert opened(tmp_path / "a.ohb", outer, plain, step) == {sha256(each).hexdigest(): each for each in blobs}


@anywhere
@given(blobs=photos, data=st.data())
def test_any_cut_is_called_a_cut(tmp_path, blobs, data):
    outer, plain = bundle(tmp_path / "a.ohb", [*blobs, b"the last part has a length"])
    with pytest.raises(CutBundleError):
        opened(tmp_path / "a.ohb", outer, plain[: data.draw(st.integers(0, len(plain) - 1))])


@anywhere
@given(blobs=photos, data=st.data())
def test_any_changed_byte_is_refused(tmp_path, blobs, data):
    outer, plain = bundle(tmp_path / "a.ohb", blobs)
    changed = bytearray(plain)
    changed[data.draw(st.integers(0, len(plain) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BundleRefusedError):
        opened(tmp_path / "a.ohb", outer, bytes(changed))


@anywhere
@given(blobs=photos, more=st.binary(min_size=1, max_size=50))
def test_bytes_behind_the_last_part_or_before_the_first_are_refused(tmp_path, blobs, more):
    outer, plain = bundle(tmp_path / "a.ohb", blobs)
    with pytest.raises(HostileBundleError):
        opened(tmp_path / "a.ohb", outer, plain + more)
    with pytest.raises(BundleRefusedError):
        opened(tmp_path / "a.ohb", outer, more + plain)


@anywhere
@given(lengths=st.lists(st.integers(-(2**63), 2**64), min_size=1, max_size=6))
def test_lengths_that_lie_are_refused_or_run_into_the_end(tmp_path, lengths):
    outer, _ = bundle(tmp_path / "a.ohb", [])
    parts = [photo_part(number, length) for number, length in enumerate(lengths) if abs(length) < 2**53]
    try:
        changed, manifest = listing(outer, parts or [photo_part(0, 1)])
    except msgspec.ValidationError:
        return  # a sum that no head can state
    with pytest.raises(BundleRefusedError):
        opened(tmp_path / "a.ohb", changed, manifest)


def test_a_manifest_of_many_long_parts_costs_no_memory_before_their_bytes_come(tmp_path):
    outer, _ = bundle(tmp_path / "a.ohb", [])
    changed, manifest = listing(outer, [photo_part(number, 64 * 1024 * 1024) for number in range(60)])
    tracemalloc.start()
    with pytest.raises(CutBundleError):
        opened(tmp_path / "a.ohb", changed, manifest + b"one byte of the first")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_more_parts_than_allowed_are_refused_however_short(tmp_path):
    outer, _ = bundle(tmp_path / "a.ohb", [])
    changed, manifest = listing(outer, [photo_part(number, 0) for number in range(65_001)])
    with pytest.raises(HostileBundleError):
        opened(tmp_path / "a.ohb", changed, manifest)


def test_a_name_that_occurs_twice_is_refused_before_any_part_is_read(tmp_path):
    outer, _ = bundle(tmp_path / "a.ohb", [])
    changed, manifest = listing(outer, [photo_part(1, 5), photo_part(1, 5)])
    with pytest.raises(HostileBundleError):
        opened(tmp_path / "a.ohb", changed, manifest)


def test_a_manifest_that_leaves_a_part_out_or_turns_them_round_is_refused(tmp_path):
    outer, plain = bundle(tmp_path / "a.ohb", [b"photo"])
    manifest, behind = plain[: outer.head.manifest.len], plain[outer.head.manifest.len :]
    parts = msgspec.json.decode(manifest)["parts"]
    for false in (parts[:1], parts[::-1]):
        changed, said = listing(outer, false)
        with pytest.raises(BundleRefusedError):
            opened(tmp_path / "a.ohb", changed, said + behind)


@pytest.mark.parametrize("spelling", [b" ", b"\n", b"\t"])
def test_a_manifest_in_any_other_spelling_is_refused(tmp_path, spelling):
    outer, plain = bundle(tmp_path / "a.ohb", [])
    manifest = plain[: outer.head.manifest.len] + spelling
    extent = Extent(len(manifest), sha256(manifest).hexdigest())
    head = msgspec.structs.replace(outer.head, manifest=extent)
    changed = reader.Outer(head, outer.head_bytes, outer.certificate, outer.signature, outer.size, outer.crc)
    with pytest.raises(BundleRefusedError):
        opened(tmp_path / "a.ohb", changed, manifest + plain[outer.head.manifest.len :])
