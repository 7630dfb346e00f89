"""Workbooks whose parts are called otherwise, that are locked with everybody's key, or marked on their pages."""

import base64
import hashlib
import os
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ohdesk.domain.establishment import uscc_check_character
from ohdesk.errors import UserError
from ohdesk.security.workbook_keys import opens_by_default
from ohdesk.services.roll import importing

HEAD = ("单位名称", "统一社会信用代码", "最近检测日期", "备注")


def code(number: int) -> str:
    first_17 = f"91000000MA{number:06d}0"
    return first_17 + uscc_check_character(first_17)


def workbook(path: Path, also: Callable[[Any], None] = lambda _sheet: None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD)
    for number in (1, 2, 3):
        sheet.append((f"青沐{number}竹器厂", code(number), date(2025, 3, number), "甲"))
    also(sheet)
    book.save(path)
    return path


def rewritten(path: Path, names: dict[str, str], texts: dict[str, str]) -> Path:
    """The workbook with its parts called otherwise, and texts in them replaced."""
    made = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            for old, new in texts.items():
                content = content.replace(old.encode(), new.encode())
            target.writestr(names.get(name, name), content)
    path.write_bytes(made.getvalue())
    return path


RELATIONS = "xl/_rels/workbook.xml.rels"


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (
            {"xl/workbook.xml": "xl/workbook22.xml", RELATIONS: "xl/_rels/workbook22.xml.rels"},
            {"xl/workbook.xml": "xl/workbook22.xml"},
        ),
        (
            {"xl/workbook.xml": "book/main.xml", RELATIONS: "book/_rels/main.xml.rels"},
            {"xl/workbook.xml": "book/main.xml"},
        ),
        ({}, {'Target="/xl/worksheets/': 'Target="../xl/worksheets/'}),
        ({}, {'Target="/xl/worksheets/': 'Target="worksheets\\'}),
        ({}, {'Target="/xl/worksheets/': 'Target="./worksheets/'}),
        (
            {"xl/worksheets/sheet1.xml": "xl/list.xml", "xl/styles.xml": "xl/looks.xml"},
            {"/xl/worksheets/sheet1.xml": "/xl/list.xml", "styles.xml": "looks.xml"},
        ),
        (
            {"xl/sharedStrings.xml": "xl/texts/words.xml", "xl/worksheets/sheet1.xml": "xl/worksheets/list7.xml"},
            {"sharedStrings.xml": "texts/words.xml", "worksheets/sheet1.xml": "worksheets/list7.xml"},
        ),
    ],
    ids=["workbook22", "other folder", "dots", "backslash", "dot", "no folder", "texts"],
)
def test_a_workbook_is_read_whatever_its_parts_are_called(
    tmp_path: Path, names: dict[str, str], texts: dict[str, str]
) -> None:
    path = rewritten(workbook(tmp_path / "a.xlsx"), names, texts)
    entries = list(importing.preview(path).entries)
    assert [(entry.name, entry.uscc, entry.fields["tested_on"]) for entry in entries[:3]] == [
        (f"青沐{number}竹器厂", code(number), f"2025-03-0{number}") for number in (1, 2, 3)
    ]


def test_a_workbook_is_found_by_the_list_of_its_contents(tmp_path: Path) -> None:
    path = rewritten(
        workbook(tmp_path / "a.xlsx"),
        {"xl/workbook.xml": "xl/book.xml", RELATIONS: "xl/_rels/book.xml.rels", "_rels/.rels": "_rels/odd.rels"},
        {"xl/workbook.xml": "xl/book.xml"},
    )
    assert len(importing.preview(path).entries) == 3


def test_a_part_may_be_called_in_chinese(tmp_path: Path) -> None:
    names = {"xl/worksheets/sheet1.xml": "xl/worksheets/名单.xml"}
    path = rewritten(
        workbook(tmp_path / "a.xlsx"), names, {"worksheets/sheet1.xml": "worksheets/%E5%90%8D%E5%8D%95.xml"}
    )
    assert len(importing.preview(path).entries) == 3


def test_a_document_of_another_program_is_no_workbook(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path / "a.xlsx"), {"xl/workbook.xml": "word/document.xml"}, {"sheet": "shoot"})
    with pytest.raises(UserError, match="不是能读的表格文件"):
        importing.preview(path)


@pytest.mark.parametrize(
    ("part", "mark"),
    [("oddHeader", "机密★1年"), ("oddFooter", "秘密"), ("firstHeader", "绝密★长期"), ("evenFooter", "密级：机密")],
)
def test_a_mark_of_secrecy_on_the_pages_refuses_the_list(tmp_path: Path, part: str, mark: str) -> None:
    def marked(sheet: Any) -> None:
        place = getattr(sheet, part)
        place.right.text = mark
        place.center.text = "石桥镇名单"
        sheet.HeaderFooter.differentFirst = sheet.HeaderFooter.differentOddEven = True

    with pytest.raises(UserError, match=mark[:2]):
        importing.preview(workbook(tmp_path / "a.xlsx", marked))


def test_ordinary_headers_and_footers_refuse_nothing(tmp_path: Path) -> None:
    def ordinary(sheet: Any) -> None:
        sheet.oddHeader.center.text = "商业秘密保护示范企业名单"
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"

    assert len(importing.preview(workbook(tmp_path / "a.xlsx", ordinary)).entries) == 3


def test_a_hidden_sheet_is_looked_at_for_its_name(tmp_path: Path) -> None:
    def hidden(sheet: Any) -> None:
        other = sheet.parent.create_sheet("绝密")
        other.sheet_state = "hidden"

    with pytest.raises(UserError, match="绝密"):
        importing.preview(workbook(tmp_path / "a.xlsx", hidden))


def spun(name: str, start: bytes, rounds: int) -> bytes:
    digest = hashlib.new(name, start).digest()
    for number in range(rounds):
        digest = hashlib.new(name, struct.pack("<I", number) + digest).digest()
    return digest


def agile(password: str, name: str = "sha512", rounds: int = 1000, bits: int = 256) -> bytes:
    """What an encrypted workbook of Office 2010 says of its password, [MS-OFFCRYPTO] 2.3.4.13."""
    salt, verifier = os.urandom(16), os.urandom(16)
    digest = spun(name, salt + password.encode("utf-16-le"), rounds)

    def locked(block: str, content: bytes) -> str:
        key = hashlib.new(name, digest + bytes.fromhex(block)).digest().ljust(bits // 8, b"\x36")[: bits // 8]
        locker = Cipher(algorithms.AES(key), modes.CBC(salt)).encryptor()
        return base64.b64encode(locker.update(content.ljust(-(-len(content) // 16) * 16, b"\0"))).decode()

    value = hashlib.new(name, verifier).digest()
    return (
        f'<encryption><p:encryptedKey spinCount="{rounds}" saltSize="16" blockSize="16" keyBits="{bits}" '
        f'hashSize="{len(value)}" hashAlgorithm="{name.upper()}" saltValue="{base64.b64encode(salt).decode()}" '
        f'encryptedVerifierHashInput="{locked("fea7d2763b4b9e79", verifier)}" '
        f'encryptedVerifierHashValue="{locked("d7aa0f6d3061344e", value)}"/></encryption>'
    ).encode()


def standard(password: str) -> bytes:
    """The same of Office 2007, [MS-OFFCRYPTO] 2.3.4.5."""
    salt, verifier = os.urandom(16), os.urandom(16)
    digest = spun("sha1", salt + password.encode("utf-16-le"), 50_000)
    digest = hashlib.sha1(digest + b"\0\0\0\0", usedforsecurity=False).digest()
    key = hashlib.sha1(bytes(0x36 ^ byte for byte in digest.ljust(64, b"\0")), usedforsecurity=False).digest()[:16]
    locker = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - as Office 2007 does
    value = hashlib.sha1(verifier, usedforsecurity=False).digest().ljust(32, b"\0")
    locked = locker.update(verifier), locker.update(value)
    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    return provider + struct.pack("<I", 16) + salt + locked[0] + struct.pack("<I", 20) + locked[1]


@pytest.mark.parametrize("made", [agile, lambda said: agile(said, "sha1", 500, 128), standard])
def test_a_workbook_that_nobody_locked_is_told_from_one_with_a_password(
    tmp_path: Path, made: Callable[[str], bytes]
) -> None:
    package = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    path = tmp_path / "a.xlsx"
    path.write_bytes(package + made("VelvetSweatshop") + bytes(64))
    with pytest.raises(UserError, match="只读保护") as refused:
        importing.preview(path)
    assert "另存" in str(refused.value.remedy)
    path.write_bytes(package + made("123456") + bytes(64))
    with pytest.raises(UserError, match="打开密码"):
        importing.preview(path)


@pytest.mark.parametrize(
    "data",
    [
        b'<encryptedKey spinCount="99999999999" hashAlgorithm="SHA512" saltValue="AAAA"/>',
        b'<encryptedKey spinCount="x"/>',
        b"<encryptedKey/>",
        b'<p:encryptedKey spinCount="1" hashAlgorithm="SHA512" saltValue="%%" keyBits="7"/>',
        "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le"),
        b"",
    ],
)
def test_a_lock_that_is_none_opens_nothing(data: bytes) -> None:
    assert not opens_by_default(data)
