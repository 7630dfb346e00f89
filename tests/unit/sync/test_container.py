"""The container has one byte form; whatever else a ZIP could be is refused before anything is taken out."""

import io
import zipfile
import zlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohdesk.sync.container import Entry, chunks, directory, local_header, read
from ohdesk.sync.problems import (
    BundleRefusedError,
    ChangedBundleError,
    CutBundleError,
    HostileBundleError,
    NotABundleError,
)

names = st.from_regex(r"[a-z0-9_-]{1,8}(/[a-z0-9_-]{1,8}){0,2}", fullmatch=True)
members = st.dictionaries(names, st.binary(max_size=300), min_size=1, max_size=6)


def packed(content):
    return b"".join(chunks((name, lambda value=value: value) for name, value in content.items()))


def unpacked(data, wanted):
    """Return the members called `wanted`, kept whole."""
    parts = read(io.BytesIO(data), dict.fromkeys(wanted, 10_000))
    return {name: part.content for name, part in parts.items()}


def headed(name, content=b"", **changed):
    """Return one member under a header that says something else of it."""
    said = {"name": name, "size": len(content), "crc": zlib.crc32(content), "offset": 0} | changed
    return local_header(Entry(**said)) + content


@given(members)
def test_members_come_out_as_they_went_in(content):
    assert unpacked(packed(content), content) == content


@given(members)
def test_a_member_that_is_not_kept_is_measured_and_hashed_only(content):
    parts = read(io.BytesIO(packed(content)), dict.fromkeys(content))
    assert [(part.size, part.content) for part in parts.values()] == [(len(value), b"") for value in content.values()]


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
        unpacked(bytes(whole), content)


@given(members, st.data())
def test_without_sums_all_but_the_bytes_that_are_hashed_is_still_compared(content, data):
    hashed, *rest = content
    whole = bytearray(packed(content))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    wanted = {hashed: None} | dict.fromkeys(rest, 10_000)
    try:
        parts = read(io.BytesIO(bytes(whole)), wanted, sums=False)
    except BundleRefusedError:
        return
    assert parts[hashed].sha256 != sha256(content[hashed]).hexdigest()
    assert {name: parts[name].content for name in rest} == {name: content[name] for name in rest}


@given(members, st.data())
def test_any_cut_is_called_a_cut(content, data):
    whole = packed(content)
    with pytest.raises(CutBundleError):
        unpacked(whole[: data.draw(st.integers(0, len(whole) - 1))], content)


@given(members, st.binary(min_size=1, max_size=40))
def test_bytes_before_or_behind_are_refused(content, more):
    with pytest.raises(ChangedBundleError):
        unpacked(packed(content) + more, content)
    with pytest.raises(BundleRefusedError):
        unpacked(more + packed(content), content)


@given(members, st.data())
def test_members_in_another_order_too_many_or_too_few_are_refused(content, data):
    wanted = data.draw(st.permutations([*content, "more"]))
    for names_ in {tuple(wanted), tuple(wanted[:-1]), tuple(content)[:-1]} - {tuple(content)}:
        with pytest.raises(BundleRefusedError):
            unpacked(packed(content), names_)


def test_two_archives_in_one_file_are_refused():
    with pytest.raises(BundleRefusedError):
        unpacked(packed({"a": b"1"}) + packed({"b": b"2"}), ["a", "b"])


def test_a_name_that_occurs_twice_is_refused():
    first = Entry("a", 1, zlib.crc32(b"1"), 0)
    second = Entry("a", 1, zlib.crc32(b"2"), len(local_header(first)) + 1)
    data = local_header(first) + b"1" + local_header(second) + b"2"
    with pytest.raises(HostileBundleError):
        unpacked(data + directory([first, second]), ["a", "b"])


@pytest.mark.parametrize("name", ["../a", "/a/b", "A.ab", "c:ab", "..\\a", "a\x00bc", "abcd"])
def test_a_name_that_is_not_awaited_is_refused(name):
    with pytest.raises(HostileBundleError):
        unpacked(headed(name, b"content"), ["a/bc"])


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_members_and_so_bombs_are_refused(method):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr(zipfile.ZipInfo("a", (1980, 1, 1, 0, 0, 0)), b"\0" * 10_000_000, method)
    with pytest.raises(ChangedBundleError):
        unpacked(data.getvalue(), ["a"])


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
            unpacked(data.getvalue(), ["a"])


def test_a_length_that_lies_is_refused_without_room_being_made_for_it():
    with pytest.raises(HostileBundleError):
        unpacked(headed("a", b"short", size=2**32 - 1), ["a"])
    with pytest.raises(CutBundleError):
        read(io.BytesIO(headed("a", b"short", size=2**32 - 1)), {"a": None})


def test_a_file_full_of_zeros_is_a_copy_that_never_finished():
    with pytest.raises(CutBundleError):
        unpacked(bytes(4096), ["a"])


@pytest.mark.parametrize("data", [b"%PDF-1.7 some other file", b"PK\x05\x06" + bytes(18), b"MZ\x90\x00" * 9, b"x"])
def test_some_other_file_is_not_a_bundle(data):
    with pytest.raises(NotABundleError):
        unpacked(data, ["a"])


def test_an_empty_file_is_a_cut_one():
    with pytest.raises(CutBundleError):
        unpacked(b"", ["a"])
