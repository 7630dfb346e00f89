"""The proof of a draw: that sheet, pool, seed and result belong together, told as separate facts."""

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from hashlib import sha256
from io import BytesIO, StringIO, TextIOWrapper

from ohdesk.domain.draw.checks import LARGEST_POOL, check_seed, read_sheet
from ohdesk.domain.draw.drawing import PoolEntry, Sheet, commitment, draw
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.problems import in_list
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr

_EXCLUDED = PoolEntry._fields.index("excluded")


def proof_facts(commit: str, sheet: bytes, seed: str, pool: bytes, result: bytes) -> tuple[Fact, ...]:
    """Return what holds: the sheet's form, the commit, the pool, and the result computed again byte for byte.

    commit: as it was announced · sheet, pool, result: the files that were published afterwards
    """
    read = cache(partial(_sheet, sheet))  # once for all of them: of a large roll it takes longest
    facts = [
        _attempt("draw.sheet", tr("抽取单格式规范、内容合规"), lambda: _named(_whole(read()))),
        fact("draw.commit", tr("抽取单与冻结时公布的指纹一致"), commit == commitment(sheet), commit),
    ]
    # A sheet that cannot be read says nothing about the pool; the result fails by itself then.
    if facts[0].verdict is Verdict.HOLDS:
        said = tr("抽取池与抽取单一致，编号与单位名称不能更换")
        facts.append(_attempt("draw.pool", said, lambda: _pool(_whole(read()), pool)))
    said = tr("按抽取单和种子重新计算，结果逐字节一致")
    return (*facts, _attempt("draw.result", said, lambda: _result(_whole(read()), commitment(sheet), seed, result)))


def fact(key: str, sentence: str, holds: bool, detail: str = "") -> Fact:
    """Return a fact that holds or fails."""
    return Fact(key, sentence, Verdict.HOLDS if holds else Verdict.FAILS, detail)


def read_pool(data: bytes) -> Iterator[PoolEntry]:
    """Yield the lines of pool.csv. Raises UserError on the way for anything else."""
    return map(PoolEntry._make, _pool_rows(_read_lines(data)))


def count_taking_part(texts: Iterable[str]) -> int:
    """Return how many firms of pool.csv could be drawn; raises as `read_pool` does. texts: the file, in pieces."""
    return sum(not row[_EXCLUDED] for row in _pool_rows(_lines(texts)))


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text that comes in pieces."""
    size, begun = 0, list[str]()
    for text in texts:
        size += len(text.encode())
        if size > LARGEST_POOL:
            raise _too_large()
        # Where its last line ends: the rest may go on in the next piece.
        cut = text.rfind("\n") + 1
        if cut:
            yield from StringIO("".join((*begun, text[:cut])), newline="")
            begun.clear()
        begun.append(text[cut:])
    yield from StringIO("".join(begun), newline="")


def _too_large() -> UserError:
    return UserError(tr("pool.csv 超过 {most} 字节，不是抽取池名单。", most=LARGEST_POOL))


def _read_lines(data: bytes) -> Iterator[str]:
    if len(data) > LARGEST_POOL:
        raise _too_large()
    # Read as it is looked at: whole, a list of a million takes half a gigabyte.
    return TextIOWrapper(BytesIO(data), encoding="utf-8", newline="")


def _pool_rows(lines: Iterator[str]) -> Iterator[list[str]]:
    # Strict: what two readers could take apart differently proves nothing.
    rows = csv.reader(lines, strict=True)
    heading = list(PoolEntry._fields)
    try:
        is_right = next(rows, None) == heading
        for row in rows:
            if not is_right or len(row) != len(heading):
                is_right = False
                break
            yield row
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(tr("pool.csv 不是抽取池名单：{error}", error=error)) from error
    if not is_right:
        raise UserError(tr("pool.csv 不是抽取池名单：栏目应为 {heading}", heading=",".join(heading)))


def _attempt(key: str, sentence: str, check: Callable[[], str]) -> Fact:
    try:
        return Fact(key, sentence, Verdict.HOLDS, check())
    except ProblemsError as error:
        details = "".join(map(in_list, error.problems))
        return Fact(key, sentence, Verdict.FAILS, details)
    except UserError as error:
        return Fact(key, sentence, Verdict.FAILS, error.message)


def _named(sheet: Sheet) -> str:
    return f"{sheet.plan} / {sheet.draw}"


def _sheet(data: bytes) -> Sheet | UserError:
    try:
        return read_sheet(data)
    except UserError as error:
        return error


def _whole(read: Sheet | UserError) -> Sheet:
    if isinstance(read, UserError):
        raise read
    return read


def _pool(sheet: Sheet, pool: bytes) -> str:
    found = sha256(pool).hexdigest()
    if sheet.more.get("pool_sha256") != found:
        raise UserError(tr("pool.csv 的 SHA-256 与抽取单所记不同：{found}", found=found))
    listed = sorted((entry.id, entry.stratum) for entry in read_pool(pool) if not entry.excluded)
    if listed != sorted((firm, stratum.code) for stratum in sheet.strata for firm in stratum.ids):
        raise UserError(tr("pool.csv 里参加抽取的单位与抽取单不同。"))
    return found


def _result(sheet: Sheet, commit: str, seed: str, result: bytes) -> str:
    check_seed(seed)
    if draw(sheet, commit, seed).csv() != result:
        raise UserError(tr("重新计算的结果与 result.csv 不同。"))
    return sha256(result).hexdigest()


def recomputation_problem(commit: str, sheet: bytes, seed: str, pool: bytes, result: bytes) -> str:
    """Compute a draw again from what travelled; return what does not agree, empty when everything does."""
    failed = [each for each in proof_facts(commit, sheet, seed, pool, result) if each.verdict is not Verdict.HOLDS]
    return "；".join(tr("不成立：{sentence}。{detail}", sentence=f.sentence, detail=f.detail) for f in failed)
