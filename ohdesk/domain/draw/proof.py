"""The proof of a draw: that sheet, pool, seed and result belong together, told as separate facts."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO

from ohdesk.domain.draw.checks import read_sheet, recompute
from ohdesk.domain.draw.drawing import POOL_HEADING, PoolEntry, Sheet, commitment
from ohdesk.domain.facts import Fact, Verdict
from ohdesk.domain.problems import in_list
from ohdesk.errors import ProblemsError, UserError
from ohdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class DrawProof:
    """What was announced (commit) and what was published afterwards, as bytes."""

    commit: str
    sheet: bytes
    seed: str
    pool_csv: bytes
    result_csv: bytes


def proof_facts(proof: DrawProof) -> tuple[Fact, ...]:
    """Return what holds: the sheet's form, the commit, the pool, and the result computed again byte for byte."""
    facts = [_attempt("draw.sheet", tr("抽取单格式规范、内容合规"), lambda: _read(proof.sheet))]
    facts.append(
        fact("draw.commit", tr("抽取单与冻结时公布的指纹一致"), proof.commit == commitment(proof.sheet), proof.commit)
    )
    # A sheet that cannot be read says nothing about the pool; the result fails by itself then.
    if facts[0].verdict is Verdict.HOLDS:
        facts.append(_attempt("draw.pool", tr("抽取池与抽取单一致，编号与单位名称不能更换"), lambda: _pool(proof)))
    facts.append(_attempt("draw.result", tr("按抽取单和种子重新计算，结果逐字节一致"), lambda: _result(proof)))
    return tuple(facts)


def fact(key: str, sentence: str, holds: bool, detail: str = "") -> Fact:
    """Return a fact that holds or fails."""
    return Fact(key, sentence, Verdict.HOLDS if holds else Verdict.FAILS, detail)


def read_pool(data: bytes) -> tuple[PoolEntry, ...]:
    """Return the lines of pool.csv. Raises UserError for anything else."""
    try:
        # Strict: what two readers could take apart differently proves nothing.
        rows = [tuple(row) for row in csv.reader(StringIO(data.decode("utf-8"), newline=""), strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(tr("pool.csv 不是抽取池名单：{error}", error=error)) from error
    if not rows or rows[0] != POOL_HEADING or any(len(row) != len(POOL_HEADING) for row in rows):
        raise UserError(tr("pool.csv 不是抽取池名单：栏目应为 {heading}", heading=",".join(POOL_HEADING)))
    return tuple(PoolEntry(*row) for row in rows[1:])


def _attempt(key: str, sentence: str, check: Callable[[], str]) -> Fact:
    try:
        return Fact(key, sentence, Verdict.HOLDS, check())
    except ProblemsError as error:
        details = "".join(map(in_list, error.problems))
        return Fact(key, sentence, Verdict.FAILS, details)
    except UserError as error:
        return Fact(key, sentence, Verdict.FAILS, error.message)


def _read(data: bytes) -> str:
    sheet = read_sheet(data)
    return f"{sheet.plan} / {sheet.draw}"


def _pool(proof: DrawProof) -> str:
    sheet = read_sheet(proof.sheet)
    found = sha256(proof.pool_csv).hexdigest()
    if sheet.more.get("pool_sha256") != found:
        raise UserError(tr("pool.csv 的 SHA-256 与抽取单所记不同：{found}", found=found))
    listed = sorted((entry.id, entry.stratum) for entry in read_pool(proof.pool_csv) if not entry.excluded)
    if listed != sorted(_taking_part(sheet)):
        raise UserError(tr("pool.csv 里参加抽取的单位与抽取单不同。"))
    return found


def _taking_part(sheet: Sheet) -> Iterable[tuple[str, str]]:
    return ((firm, stratum.code) for stratum in sheet.strata for firm in stratum.ids)


def _result(proof: DrawProof) -> str:
    if recompute(proof.sheet, proof.seed).csv() != proof.result_csv:
        raise UserError(tr("重新计算的结果与 result.csv 不同。"))
    return sha256(proof.result_csv).hexdigest()


def recomputation_problem(commit: str, sheet: str, seed: str, pool_csv_text: str, result_csv: str) -> str:
    """Compute a draw again from what travelled; return what does not agree, empty when everything does."""
    proof = DrawProof(commit, sheet.encode(), seed, pool_csv_text.encode(), result_csv.encode())
    failed = [fact for fact in proof_facts(proof) if fact.verdict is not Verdict.HOLDS]
    return "；".join(tr("不成立：{sentence}。{detail}", sentence=f.sentence, detail=f.detail) for f in failed)
