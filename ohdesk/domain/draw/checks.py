"""What a draw sheet and a seed must be before anything is drawn from them; each refusal has its own message."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from string import ascii_uppercase, digits
from typing import Any

from ohdesk.domain.canonical import LARGEST_INTEGER, NotCanonicalError, parse, plain, read_again
from ohdesk.domain.draw.drawing import (
    SHEET_KEYS,
    UNASSIGNED,
    VERSION,
    Candidate,
    DrawResult,
    Sheet,
    Stratum,
    commitment,
    draw,
)
from ohdesk.errors import Problem, ProblemsError, UserError
from ohdesk.i18n import tr

# Ten ten-sided dice are 33 bits: enough, since nobody knows both nonce and seed before the freeze (docs/draw.md).
LEAST_SEED, LONGEST_SEED = 10, 64  # digits
SEED = re.compile(f"[0-9]{{{LEAST_SEED},{LONGEST_SEED}}}")
_NONCE = re.compile(r"[0-9a-f]{64}")
# In these characters byte order, code-point order and JavaScript's order agree, whoever recomputes.
_ID = re.compile(r"[0-9A-Z-]+")
_IN_IDS = f"{digits}{ascii_uppercase}-".encode()
_NOT_IN_IDS = re.compile(r"[^0-9A-Z-]")
_SHOWN = 40
# Sheets by their commits: of the same bytes nothing else is found, and freeze, result and papers all read them.
_passed: set[str] = set()
_MOST_PASSED = 1000
# A sheet from elsewhere must not keep the machine busy for ever: with the largest that is let through it is for
# seconds.  The largest county draws a hundredth of that.
LARGEST_TEAM = 99
MOST_SEATINGS = 5_000_000  # firms drawn × seats of a team × inspectors
# A roll of a million: of each firm 40 bytes in the sheet at most, or 45 with a reason to leave it out, and in the pool
# what a name of 30 characters takes.  A publication package has room for both.
LARGEST_SHEET, LARGEST_POOL = 64 << 20, 160 << 20  # bytes


def read_sheet(data: bytes) -> Sheet:
    """Return the sheet of `sheet.json`.

    Raises ProblemsError with everything that is wrong with it: not canonical, another version, nonce, whole
    numbers, an id twice, characters of an id, quotas, order of ids, parts missing or of the wrong kind.
    """
    commit = commitment(data)
    if commit in _passed:
        return _sheet(read_again(data))
    _refuse_large(data)
    try:
        value, problems = parse(data), list[Problem]()
    except NotCanonicalError:
        value, problems = _read_odd(data)
    _refuse_odd(value, problems)
    sheet = _sheet(value)
    _let_through(sheet, commit)
    return sheet


def check_sheet(data: bytes) -> None:
    """Raise ProblemsError as `read_sheet` does; what was let through before is not read again."""
    if commitment(data) not in _passed:
        read_sheet(data)


def drawn_up(sheet: Sheet) -> bytes:
    """Return the bytes of a sheet; raises ProblemsError with everything for which `read_sheet` would refuse them."""
    data = sheet.canonical()
    _refuse_large(data)
    # As it would be read: bytes made of it say the same, and a roll of a million would be read for seconds.
    strata = [asdict(replace(each, ids=())) | {"ids": list(each.ids)} for each in sheet.strata]
    _refuse_odd(plain(sheet.value(())) | {"strata": strata}, [])
    _let_through(sheet, commitment(data))
    return data


def _refuse_large(data: bytes) -> None:
    if len(data) > LARGEST_SHEET:
        expected = tr("不超过 {most} 字节", most=LARGEST_SHEET)
        raise _refused([Problem("sheet.json", expected, tr("{count} 字节", count=len(data)))])


def _refuse_odd(value: Any, problems: list[Problem]) -> None:
    if problems := [*problems, *_sheet_problems(value)]:
        raise _refused(problems)


def _let_through(sheet: Sheet, commit: str) -> None:
    drawn = sum(stratum.quota for stratum in sheet.strata)
    if too_many := seatings_problem(drawn, sheet.team, len(sheet.inspectors)):
        raise _refused([too_many])
    if len(_passed) == _MOST_PASSED:
        _passed.clear()
    _passed.add(commit)


def _read_odd(data: bytes) -> tuple[Any, list[Problem]]:
    """Return the value of what is not canonical, and all that is wrong with its form: the parser stops at one fault."""
    try:
        value = json.loads(data)
        problems = list(_text_problems(value, "$"))
    except (ValueError, RecursionError) as error:
        raise _refused([Problem("sheet.json", tr("规范的 JSON 文件"), _short(error))]) from error
    # First, since it explains the rest: a file that was opened and saved again differs in every way at once.
    if not _is_canonical(value, data):
        problems.insert(0, Problem("sheet.json", tr("规范格式（键排序、无空格、换行或多余字节）"), tr("不是规范格式")))
    return value, problems


def seatings_problem(drawn: int, team: int, inspectors: int) -> Problem | None:
    """Return what is wrong with a draw of so many firms, seats each and inspectors: more than can be computed."""
    if drawn * team * inspectors <= MOST_SEATINGS:
        return None
    expected = tr("抽中家数 × 每组人数 × 执法人员数不超过 {most}", most=MOST_SEATINGS)
    return Problem(tr("抽取规模"), expected, f"{drawn} × {team} × {inspectors}", tr("请分成几次抽取。"))


def recompute(data: bytes, seed: str) -> DrawResult:
    """Return what the bytes of a sheet and a seed give; raises UserError for every refusal of the rules."""
    sheet = read_sheet(data)
    check_seed(seed)
    return draw(sheet, commitment(data), seed)


def check_seed(seed: str) -> None:
    """Raise UserError unless the seed is 10 to 64 ASCII digits and nothing else."""
    if not SEED.fullmatch(seed):
        raise UserError(
            tr("种子必须是 10 到 64 位数字，不能有其他字符。现为“{seed}”。", seed=_short(seed)),
            tr("请按现场掷出或公布的数字重新输入。"),
        )


def seed_difference(first: str, second: str) -> str:
    """Say where two typed seeds part."""
    for place, (one, other) in enumerate(zip(first, second, strict=False), 1):
        if one != other:
            return tr("第 {place} 位第一遍是 {one}，第二遍是 {other}", place=place, one=one, other=other)
    return tr("第一遍 {first} 位，第二遍 {second} 位", first=len(first), second=len(second))


def check_commit(sheet: bytes, commit: str) -> None:
    """Raise UserError unless `sheet` is the one whose fingerprint was announced."""
    if commitment(sheet) != commit:
        raise UserError(
            tr(
                "抽取单不是冻结时的那一份：指纹应为 {expected}，现为 {found}。",
                expected=commit,
                found=commitment(sheet),
            ),
            tr("请使用冻结时保存的抽取单；找不到时，应公开说明并作废这次抽取。"),
        )


def as_id(text: str) -> str:
    """Return a number of the office as it may stand in a sheet: upper case, only 0-9, A-Z and hyphens."""
    return _NOT_IN_IDS.sub("", text.upper())


def _sheet_problems(value: Any) -> Iterator[Problem]:
    """Yield everything wrong with the value of a sheet, whatever it is."""
    if not isinstance(value, dict):
        yield Problem("sheet.json", tr("一个 JSON 对象"), _short(value))
        return
    missing = [key for key in SHEET_KEYS if key not in value]
    if missing:
        yield Problem("sheet.json", tr("全部必需的项"), tr("缺少：{keys}", keys="、".join(missing)))
    yield from _head_problems(value)
    yield from _strata_problems(value.get("strata", []))
    yield from _inspector_problems(value.get("inspectors", []))
    yield from _recusal_problems(value.get("recusals", []))
    yield from _printed_problems(value)


def _head_problems(value: dict[str, Any]) -> Iterator[Problem]:
    if value.get("v", VERSION) != VERSION:
        yield Problem("v", VERSION, _short(value["v"]), tr("这份抽取单用的是另一版规则，请用对应版本的程序。"))
    if not isinstance(value.get("plan", ""), str):
        yield Problem("plan", tr("文字"), _short(value["plan"]))
    if not _whole(value.get("draw", 0)):
        yield Problem("draw", tr("非负整数"), _short(value["draw"]))
    nonce = value.get("nonce", "0" * 64)
    if not (isinstance(nonce, str) and _NONCE.fullmatch(nonce)):
        yield Problem("nonce", tr("64 位小写十六进制数字"), _short(nonce))
    for key in ("team", "cap", "slack"):
        number = value.get(key, 1)
        if not _whole(number) or (key == "team" and not 0 < number <= LARGEST_TEAM):
            yield Problem(key, tr("非负整数；每组人数至少为 1"), _short(number))


def _strata_problems(strata: Any) -> Iterator[Problem]:
    if not _list_of(strata, dict):
        yield Problem("strata", tr("分层的列表"), _short(strata))
        return
    firms: list[str] = []
    for index, stratum in enumerate(strata):
        place = f"strata[{index}]"
        code, ids = stratum.get("code"), stratum.get("ids")
        if not isinstance(code, str) or not code or "\n" in code:
            yield Problem(f"{place}.code", tr("层的代码"), _short(code))
        if not all(_whole(stratum.get(key)) for key in ("num", "den", "min")) or stratum["den"] == 0:
            found = "/".join(_short(stratum.get(key)) for key in ("num", "den", "min"))
            yield Problem(place, tr("抽取比例由整数组成，分母大于 0"), found)
        if not _list_of(ids, str):
            yield Problem(f"{place}.ids", tr("编号的列表"), _short(ids))
            continue
        yield from _id_problems(f"{place}.ids", ids)
        # An order chosen by somebody would be a place to hide a choice.
        if ids != sorted(ids):
            yield Problem(f"{place}.ids", tr("编号按顺序排列"), tr("顺序不对"))
        firms += ids
    yield from _repeated("strata", [stratum["code"] for stratum in strata if isinstance(stratum.get("code"), str)])
    yield from _repeated("strata.ids", firms)


def _inspector_problems(inspectors: Any) -> Iterator[Problem]:
    if not _list_of(inspectors, dict):
        yield Problem("inspectors", tr("执法人员的列表"), _short(inspectors))
        return
    ids = [inspector.get("id") for inspector in inspectors]
    if not _list_of(ids, str):
        yield Problem("inspectors", tr("每人都有证号"), _short(ids))
        return
    yield from _id_problems("inspectors", ids)
    yield from _repeated("inspectors", ids)
    # Else an inspector of this number and an empty seat would look the same in the result.
    if UNASSIGNED in ids:
        yield Problem("inspectors", tr("证号"), UNASSIGNED, tr("这个词表示空缺，不能用作证号。"))
    for index, inspector in enumerate(inspectors):
        if not isinstance(inspector.get("lead"), bool):
            yield Problem(f"inspectors[{index}].lead", "true / false", _short(inspector.get("lead")))


def _recusal_problems(recusals: Any) -> Iterator[Problem]:
    if not _list_of(recusals, list) or any(len(pair) < 2 or not _list_of(pair[:2], str) for pair in recusals):
        yield Problem("recusals", tr("回避的列表：每项为证号和单位编号"), _short(recusals))


def _printed_problems(value: dict[str, Any]) -> Iterator[Problem]:
    """Yield further keys that papers print, where they are of another kind than those print."""
    for key in ("title", "matter", "basis", "place", "seed_source", "day"):
        if not isinstance(value.get(key, ""), str):
            yield Problem(key, tr("文字"), _short(value[key]))
    for key in ("exclusions", "absences"):
        if not _list_of(value.get(key, []), list) or not all(map(_is_pair, value.get(key, []))):
            yield Problem(key, tr("列表，每项为编号和原因"), _short(value[key]))
    scope = value.get("scope", [])
    if not _list_of(scope, dict) or not all(map(_is_scope, scope)):
        yield Problem("scope", tr("各层的条件"), _short(scope))


def _is_pair(value: list[Any]) -> bool:
    return len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], str)


def _is_scope(value: dict[str, Any]) -> bool:
    where = value.get("where")
    return (
        isinstance(value.get("code"), str)
        and isinstance(where, dict)
        and all(_list_of(values, str) for values in where.values())
    )


def _id_problems(place: str, ids: list[str]) -> Iterator[Problem]:
    # One look at all ids instead of one at each: a roll has a million of them.
    if all(ids) and not "".join(ids).encode("utf-8", "backslashreplace").translate(None, _IN_IDS):
        return
    for name in ids:
        if not _ID.fullmatch(name):
            yield Problem(place, tr("编号只用数字 0-9、大写字母 A-Z 和短横"), _short(name))


def _repeated(place: str, names: Sequence[str]) -> Iterator[Problem]:
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield Problem(place, tr("编号不重复"), tr("{name} 出现两次", name=_short(name)))
        seen.add(name)


def _text_problems(value: Any, place: str) -> Iterator[Problem]:
    """Yield texts that the canonical form does not allow: not in NFC, or with control characters."""
    if isinstance(value, str):
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            yield Problem(place, tr("文字为 Unicode NFC 形式"), _short(value))
        if not value.isprintable() and any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
            yield Problem(place, tr("文字里没有控制字符"), _short(value))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _text_problems(key, place)
            yield from _text_problems(item, f"{place}.{_short(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _text_problems(item, f"{place}[{index}]")
    elif isinstance(value, float):
        yield Problem(place, tr("整数"), _short(value))


def _sheet(value: dict[str, Any]) -> Sheet:
    return Sheet(
        **{key: value[key] for key in ("plan", "draw", "nonce", "team", "cap", "slack")},
        strata=tuple(
            Stratum(each["code"], tuple(each["ids"]), each["num"], each["den"], each["min"]) for each in value["strata"]
        ),
        inspectors=tuple(Candidate(each["id"], each["lead"]) for each in value["inspectors"]),
        recusals=tuple((pair[0], pair[1]) for pair in value["recusals"]),
        more={key: item for key, item in value.items() if key not in SHEET_KEYS},
    )


def _is_canonical(value: Any, data: bytes) -> bool:
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == data
    except (ValueError, RecursionError):
        return False


def _whole(value: Any) -> bool:
    # `True` is an int to Python; in a sheet it is a slip.
    return type(value) is int and 0 <= value <= LARGEST_INTEGER


def _list_of(value: Any, kind: type) -> bool:
    # What JSON gives is of no subclass.
    return isinstance(value, list) and {*map(type, value)} <= {kind}


def _short(value: object) -> str:
    text = str(value).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _refused(problems: list[Problem]) -> ProblemsError:
    return ProblemsError(
        tr("抽取单有 {count} 处不符合规则，不能抽取。", count=len(problems)),
        tuple(problems),
        tr("请使用冻结时保存的原文件，不要改动。"),
    )
