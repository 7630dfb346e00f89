"""What a password must be: `resources/workspace/passwords.toml`."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache

import msgspec

from ohdesk.errors import Problem
from ohdesk.i18n import tr
from ohdesk.paths import resources

FIELD = "password"  # key of the field in every form that sets a password
_AROUND = re.compile(r"^[\d\W_]+|[\d\W_]+$")
_MEANT = str.maketrans("@4013$5!", "aaoiessi")


class PasswordsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The rules as written.

    practice: passwords that are good in a world to practise in and nowhere else
    words:    what is common however many digits and signs stand around it · patterns: of whole passwords, small letters
    """

    valid_from: date
    source: str
    least: int
    least_with_chinese: int
    practice: frozenset[str]
    words: frozenset[str]
    patterns: tuple[str, ...]

    def __post_init__(self) -> None:
        for pattern in self.patterns:
            re.compile(pattern)


def password_problems(password: str, account: str = "", *, practice: bool = False) -> tuple[Problem, ...]:
    """Return everything that speaks against a new password of an account; practice: in a world to practise in."""
    rules = password_rules()
    if practice and password in rules.practice:
        return ()
    return tuple(
        Problem(tr("密码"), "", "", remedy, field=FIELD) for remedy in _against(rules, _tidy(password), _tidy(account))
    )


def password_help() -> str:
    """Return what is asked of a password, in the sentence that stands where one is set."""
    rules = password_rules()
    return tr(
        "至少 {least} 个字符，含汉字的至少 {chinese} 个；不要用生日、电话、姓名拼音和常见密码。",
        least=rules.least,
        chinese=rules.least_with_chinese,
    )


@cache
def password_rules() -> PasswordsFile:
    """Return the rules that are shipped."""
    text = (resources() / "workspace" / "passwords.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=PasswordsFile)


def _against(rules: PasswordsFile, password: str, account: str) -> Iterator[str]:
    has_chinese = any(_is_chinese(char) for char in password)
    least = rules.least_with_chinese if has_chinese else rules.least
    if len(password) < least:
        yield tr(
            "密码至少 {least} 个字符，含汉字的至少 {chinese} 个，现为 {found} 个。",
            least=rules.least,
            chinese=rules.least_with_chinese,
            found=len(password),
        )
    if not password:
        return
    low = password.lower()
    word = _letters(low)
    if word in map(_letters, rules.practice):
        yield tr("这是练习库的密码，人人都知道，不能用在正式工作区。")
    elif _is_common(rules, low) or any(re.fullmatch(pattern, low) for pattern in rules.patterns):
        yield tr(
            "这个密码太常见，一猜就中：只有数字、键盘顺序、重复的字符，或常用词、姓氏加数字都不行。请换几个不相干的词。"
        )
    elif word and word == _letters(account.lower()):
        yield tr("密码不能就是账户名加数字。请换几个不相干的词。")


def _is_common(rules: PasswordsFile, low: str) -> bool:
    """True when nothing but a common word is left, also where signs stand for some of its letters: p@ssw0rd."""
    return not rules.words.isdisjoint(map(_letters, (low, _AROUND.sub("", low).translate(_MEANT))))


def _letters(text: str) -> str:
    # Without accents: ä says no more than a to whoever guesses.
    return "".join(char for char in unicodedata.normalize("NFKD", text) if char.isalpha())


def _tidy(text: str) -> str:
    # As it is stretched, so that it is counted as it is compared.
    return unicodedata.normalize("NFC", text)


def _is_chinese(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH")
