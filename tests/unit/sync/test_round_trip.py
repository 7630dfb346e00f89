"""What goes in comes out, byte for byte, and nothing else can come out."""

import io
import json
import tracemalloc
import zipfile
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ohdesk.sync import limits
from ohdesk.sync.manifest import Acks, Digest, Held, decode_head, encode
from ohdesk.sync.problems import LostBytesError, NotAddressedError, TooLargeError
from ohdesk.sync.reader import read_inner, read_outer
from ohdesk.sync.writer import ChunkReader, Member, member
from tests.unit.sync.bundle_doubles import REPLICA, TOWN, Keys, blob, contents, operations, write_to

KEYS = Keys()
texts = st.lists(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=30), max_size=12)


def read_all(path, keys=KEYS):
    kept = {}
    outer = read_outer(path)
    return (
        outer,
        read_inner(path, outer, keys.opener, lambda digest, content: kept.update({digest: bytes(content)})),
        kept,
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=texts, blobs=st.lists(st.binary(max_size=70_000), max_size=4, unique=True), first=st.integers(1, 10**9))
def test_every_operation_and_blob_comes_out_as_it_went_in(tmp_path, texts, blobs, first):
    import unicodedata

    lines = operations(first, len(texts), texts=[unicodedata.normalize("NFC", text) for text in texts])
    path = tmp_path / "a.ohb"
    write_to(path, KEYS, contents(KEYS, lines, blobs, first=first))
    outer, inner, kept = read_all(path)
    assert inner.operations == lines
    assert kept == {sha256(content).hexdigest(): content for content in blobs}
    assert inner.blobs == {digest: len(content) for digest, content in kept.items()}
    assert outer.size == path.stat().st_size


def test_receipts_and_digest_come_out(tmp_path):
    acks = Acks(holds=(Held(REPLICA, 7, "1" * 64),), missing=("2" * 64,))
    extra = (member("acks.json", encode(acks)), member("digest.json", encode(Digest("3" * 64, "4" * 64))))
    write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, [], extra=extra))
    outer, inner, _ = read_all(tmp_path / "a.ohb")
    assert outer.head.bundle_class == "ack"
    assert (inner.acks, inner.digest, inner.operations) == (acks, Digest("3" * 64, "4" * 64), [])


def test_any_zip_program_lists_the_four_members_in_their_order(tmp_path):
    write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, operations(1, 2)))
    with zipfile.ZipFile(tmp_path / "a.ohb") as archive:
        assert archive.namelist() == ["payload.age", "sender.cer", "head.json", "head.sig"]
        assert archive.testzip() is None


def test_behind_the_manifest_the_parts_follow_one_another_and_nothing_else(tmp_path):
    lines = operations(1, 2)
    write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, lines, [b"photo"]))
    plain = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "a.ohb") as archive, archive.open("payload.age") as payload:
        KEYS.opener.open(io.BytesIO(payload.read()), plain)
    head = read_outer(tmp_path / "a.ohb").head
    manifest, parts = plain.getvalue()[: head.manifest.len], plain.getvalue()[head.manifest.len :]
    assert sha256(manifest).hexdigest() == head.manifest.sha256
    listed = [part["name"] for part in json.loads(manifest)["parts"]]
    assert listed == ["ops/000001-000002.jsonl", blob(b"photo").name]
    assert parts == lines[0] + b"\n" + lines[1] + b"\n" + b"photo"


def test_the_file_name_tells_town_replica_number_and_head(tmp_path):
    write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, operations(1, 2), bundle_seq=41))
    outer = read_outer(tmp_path / "a.ohb")
    assert outer.name == f"OH_{TOWN}_{REPLICA[:8]}_000041_{outer.identity[:8]}.ohb"


def test_the_head_is_readable_without_keys_and_the_text_inside_is_not(tmp_path):
    write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, operations(1, 1, texts=["某某机械厂"])))
    everything = (tmp_path / "a.ohb").read_bytes()
    head = read_outer(tmp_path / "a.ohb").head_bytes
    assert decode_head(head).counts.ops == 1
    assert not [code for code in ("utf-8", "gb18030", "utf-16-le") if "机械".encode(code) in everything]


def test_another_workspace_learns_that_the_bundle_is_not_for_it(tmp_path):
    write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, operations(1, 1)))
    with pytest.raises(NotAddressedError):
        read_all(tmp_path / "a.ohb", Keys())


def test_a_photo_of_another_length_stops_the_writing(tmp_path):
    true = blob(b"as taken")
    lost = Member(true.name, true.size, true.sha256, lambda: b"as taken, and more")
    with pytest.raises(LostBytesError):
        write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, [], extra=[lost]))


def test_more_than_a_fat32_file_can_hold_is_refused_before_writing(tmp_path):
    big = tuple(Member(f"blobs/aa/{number:064x}", 2**26, "0" * 64, bytes) for number in range(64))
    with pytest.raises(TooLargeError):
        write_to(tmp_path / "a.ohb", KEYS, contents(KEYS, [], extra=big))


def test_the_estimate_is_never_below_the_file_and_close_to_it(tmp_path):
    said = contents(KEYS, operations(1, 20), [bytes([number]) * 100_000 for number in range(10)])
    write_to(tmp_path / "a.ohb", KEYS, said)
    size = (tmp_path / "a.ohb").stat().st_size
    inner = len(said.manifest) + sum(each.size for each in said.members)
    assert size <= limits.sealed(inner) <= size + 1_100_000
    assert limits.room(limits.sealed(inner) + limits.LARGEST_MANIFEST + limits.LARGEST_RECEIPT) >= inner - 10_000


def test_memory_follows_the_largest_photo_not_the_bundle(tmp_path):
    def photo(number):
        return Member(*blob(bytes([number]) * 2_000_000)[:3], lambda: bytes([number]) * 2_000_000)

    said = contents(KEYS, operations(1, 1), extra=[photo(number) for number in range(24)])
    tracemalloc.start()
    write_to(tmp_path / "a.ohb", KEYS, said)
    outer = read_outer(tmp_path / "a.ohb")
    read_inner(tmp_path / "a.ohb", outer, KEYS.opener, lambda _digest, _content: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000  # the bundle has 48 MB


@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_a_chunk_reader_reads_like_the_joined_chunks(pieces, size):
    reader = ChunkReader(pieces)
    read, room = [], bytearray(size)
    while came := reader.readinto(memoryview(room)):
        read.append(bytes(room[:came]))
    assert b"".join(read) == b"".join(pieces)
