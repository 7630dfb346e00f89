"""The further entries of an answer as they are read and printed: lines, tables of repeats, and verdicts on numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ohdesk.domain.calendar import day_in
from ohdesk.domain.record import DetailTable
from ohdesk.forms.answers import Answer
from ohdesk.forms.computed import with_computed
from ohdesk.forms.definition import DetailField, FieldKind, Question
from ohdesk.forms.detail_values import Row, Values
from ohdesk.i18n import tr

if TYPE_CHECKING:
    from ohdesk.domain.hazard.judging import Judgement


@dataclass(frozen=True, slots=True)
class ShownDetails:
    """lines: "专职人数：2", verdicts behind their numbers · tables: one for each repeat that has rows."""

    lines: tuple[str, ...] = ()
    tables: tuple[DetailTable, ...] = ()


def shown_details(answer: Answer, question: Question, day: date) -> ShownDetails:
    """Return the details of an answer given on a day, in the order of the question."""
    if not question.fields:
        return ShownDetails()
    values, rows = with_computed(question.fields, answer.details)
    lines, tables = [], []
    for field in question.fields:
        if field.kind is FieldKind.REPEAT:
            if rows[field.key]:
                tables.append(_table(field, rows[field.key], values, day))
        elif field.key in values:
            line = tr("{label}：{text}", label=field.label, text=_with_unit(field, values))
            verdict = verdict_on(field, values, values, day)
            lines.append(line if verdict is None else tr("{line}（{why}）", line=line, why=_said(field, verdict)))
    return ShownDetails(tuple(lines), tuple(tables))


def verdict_on(field: DetailField, values: Values, outer: Values, day: date) -> "Judgement | None":
    """Return the verdict on a number by the limit in force; None where it is not judged or not there.

    Without what it needs (instrument, calibration, report) nothing is said of it but that.
    values: those beside it · outer: those of the question, where it stands in a row
    """
    rule, number = field.judged, values.get(field.key)
    if rule is None or not number:
        return None
    # Late: few numbers are judged, and the hazards are much to read.
    from ohdesk.domain.hazard.judging import Judgement, Measurement, Verdict, judge
    from ohdesk.forms.hazards import hazards

    if not all(values.get(key) or outer.get(key) for key in rule.needs):
        return Judgement(Verdict.NOT_JUDGED, None, tr("没有写明仪器和校准日期，或报告编号，不判定。"))
    on = day_in(values.get(rule.day, "")) or day
    unit = values.get(field.unit_in, field.unit)
    return judge(hazards(), Measurement(rule.hazard, rule.kind, number, unit, on, rule.condition))


def over_limits(answer: Answer, question: Question, day: date) -> tuple[str, ...]:
    """Return why numbers of an answer given on a day are over their limits; of a screening nothing is held."""
    if not question.fields:
        return ()
    # Late, as above.
    from ohdesk.domain.hazard.judging import Verdict

    values, rows = with_computed(question.fields, answer.details)
    judged = [(field, values) for field in question.fields if field.judged is not None and not field.judged.screening]
    for repeat in question.fields:
        fields = [each for each in repeat.columns if each.judged is not None and not each.judged.screening]
        judged += [(field, row) for row in rows.get(repeat.key, ()) for field in fields]
    found = [verdict_on(field, beside, values, day) for field, beside in judged]
    return tuple(each.why for each in found if each is not None and each.verdict is Verdict.OVER)


def _table(repeat: DetailField, rows: Sequence[Row], values: Values, day: date) -> DetailTable:
    """Return a repeat as a table; a column that nobody filled is left out, the verdicts stand behind their numbers."""
    columns = [each for each in repeat.columns if any(each.key in row for row in rows)]
    headings: list[str] = []
    for column in columns:
        headings.append(column.named)
        if column.judged is not None:
            headings.append(tr("判定"))
    lines = tuple(tuple(_cells(columns, row, values, day)) for row in rows)
    return DetailTable(title=repeat.label, columns=tuple(headings), rows=lines)


def _cells(columns: Sequence[DetailField], row: Row, values: Values, day: date) -> Iterator[str]:
    for column in columns:
        text = column.word(row.get(column.key, ""))
        yield f"{text} {row[column.unit_in]}" if text and column.unit_in in row else text
        if column.judged is not None:
            verdict = verdict_on(column, row, values, day)
            yield "" if verdict is None else _said(column, verdict)


def _said(field: DetailField, verdict: "Judgement") -> str:
    if field.judged is not None and field.judged.screening:
        return tr("{why}现场快速测量，只供筛查，不作认定的依据。", why=verdict.why)
    return verdict.why


def _with_unit(field: DetailField, values: Mapping[str, str]) -> str:
    text = field.word(values[field.key])
    unit = values.get(field.unit_in, field.unit)
    return f"{text} {unit}" if unit else text
