"""The container has one byte form; whatever else a ZIP could be is refused before anything is taken out."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.sync import container
from ohdesk.sync.container import ChunkReader, ContainerReader, Entry, chunks, container_size, directory, local_header
from ohdesk.sync.problems import (
    BundleRefusedError,
    ChangedBundleError,
    CutBundleError,
    HostileBundleError,
    NotABundleError,
)

names = st.from_regex(r"[a-z0-9_-]{1,8}(/[a-z0-9_-]{1,8}){0,2}", fullmatch=True)
members = st.dictionaries(names, st.binary(max_size=300), min_size=1, max_size=6)


class Kept:
    """Takes one member."""

    def __init__(self):
        self.content = b""

    def write(self, chunk):
        self.content += chunk

    def finish(self):
        """Nothing more to check."""


class Taken:
    """A receiver that keeps everything."""

    def __init__(self):
        self.sinks = {}

    def begin(self, name, _size):
        self.sinks[name] = Kept()
        return self.sinks[name]

    @property
    def members(self):
        return {name: sink.content for name, sink in self.sinks.items()}


def packed(content):
    return b"".join(chunks((name, lambda value=value: value) for name, value in content.items()))


def unpacked(data, step=1 << 20):
    taken = Taken()
    reader = ContainerReader(taken.begin)
    for at in range(0, len(data), step):
        reader.write(data[at : at + step])
    reader.close()
    return taken.members


@given(members, st.integers(1, 64))
def test_members_come_out_whatever_the_size_of_the_pieces(content, step):
    data = packed(content)
    assert unpacked(data, step) == content
    assert len(data) == container_size((name, len(value)) for name, value in content.items())


@given(members)
def test_pythons_own_zip_reads_the_same(content):
    with zipfile.ZipFile(io.BytesIO(packed(content))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == content


@given(members, st.data())
def test_any_flipped_bit_is_refused(content, data):
    whole = bytearray(packed(content))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BundleRefusedError):
        unpacked(bytes(whole))


@given(members, st.data())
def test_any_cut_is_refused(content, data):
    whole = packed(content)
    with pytest.raises((CutBundleError, NotABundleError)):
        unpacked(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(members, st.binary(min_size=1, max_size=40))
def test_bytes_before_or_behind_are_refused(content, more):
    with pytest.raises(BundleRefusedError):
        unpacked(packed(content) + more)
    if not packed(content).startswith(more):
        with pytest.raises(BundleRefusedError):
            unpacked(more + packed(content))


def test_two_archives_in_one_file_are_refused():
    with pytest.raises(ChangedBundleError):
        unpacked(packed({"a": b"1"}) + packed({"b": b"2"}))


def test_a_name_that_occurs_twice_is_refused():
    first = Entry("a", 1, zlib.crc32(b"1"), 0)
    second = Entry("a", 1, zlib.crc32(b"2"), len(local_header(first)) + 1)
    data = local_header(first) + b"1" + local_header(second) + b"2"
    with pytest.raises(HostileBundleError):
        unpacked(data + directory([first, second], len(data)))


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../b",
        "/etc/passwd",
        "a//b",
        "a/",
        "A",
        "c:a",
        "a\\b",
        ".hidden",
        "a b",
        "a\x00b",
        "é",
        "x" * 101,
        "a/..",
    ],
)
def test_names_that_lead_elsewhere_are_refused(name):
    raw = name.encode("latin-1")
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0x21, 0, 0, 0, len(raw), 0) + raw
    with pytest.raises(HostileBundleError):
        unpacked(header + b"more")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_members_and_so_bombs_are_refused(method):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0)), b"\0" * 10_000_000, method)
    with pytest.raises(ChangedBundleError):
        unpacked(data.getvalue())


def test_links_comments_extras_and_other_dates_are_refused():
    for spoil in (
        lambda info: setattr(info, "external_attr", 0o120777 << 16),
        lambda info: setattr(info, "comment", b"x"),
        lambda info: setattr(info, "extra", b"\x99\x99\x00\x00"),
        lambda info: setattr(info, "date_time", (2026, 3, 2, 0, 0, 0)),
    ):
        data = io.BytesIO()
        info = zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0))
        spoil(info)
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr(info, b"content")
        with pytest.raises(BundleRefusedError):
            unpacked(data.getvalue())


def test_more_members_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(container, "MOST_MEMBERS", 3)
    assert len(unpacked(packed(dict.fromkeys("abc", b"")))) == 3
    with pytest.raises(HostileBundleError):
        unpacked(packed(dict.fromkeys("abcd", b"")))


def test_a_file_full_of_zeros_is_a_copy_that_never_finished():
    with pytest.raises(CutBundleError):
        unpacked(bytes(4096))


@pytest.mark.parametrize("data", [b"%PDF-1.7 some other file", b"PK\x05\x06" + bytes(18), b"MZ\x90\x00" * 9])
def test_some_other_file_is_not_a_bundle(data):
    with pytest.raises(NotABundleError):
        unpacked(data)


def test_an_empty_file_is_a_cut_one():
    with pytest.raises(CutBundleError):
        unpacked(b"")


@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_a_chunk_reader_reads_like_the_joined_chunks(pieces, size):
    reader = ChunkReader(pieces)
    read = []
    while piece := reader.read(size):
        assert len(piece) <= size
        read.append(piece)
    assert b"".join(read) == b"".join(pieces)
