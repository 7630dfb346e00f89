"""Every text a record will print, with the place it stands in, to be checked before anything is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

from ohdesk.domain.record import InspectionRecord, PhotoPageRecord, StrokeSet
from ohdesk.i18n import tr

# Fields of a record that are keys and instants, not print.
_SILENT = frozenset(
    {"fmt", "wording", "id", "visit", "person", "field", "question", "sha256", "form", "outcome", "way", "mode"}
)


def texts_of(
    record: InspectionRecord | PhotoPageRecord, strokes: Sequence[StrokeSet] = ()
) -> Iterator[tuple[str, str]]:
    """Yield (place, text) for all text of a record or photo page and the names beside its strokes."""
    places, parts = _places(), _parts()
    for field in fields(record):
        if field.name not in _SILENT:
            yield from _texts(getattr(record, field.name), places.get(field.name, field.name), parts)
    for stroke_set in strokes:
        yield tr("签名人姓名"), stroke_set.name


def _texts(value: object, place: str, parts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, tuple):
        for ordinal, item in enumerate(value, start=1):
            yield from _texts(item, place.format(number=ordinal), parts)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _SILENT:
                yield from _texts(getattr(value, field.name), place + parts.get(field.name, ""), parts)


def _places() -> dict[str, str]:
    """Return what the fields of a record are called on paper; {number} counts the lines of a list."""
    return {
        "number": tr("编号"),
        "title": tr("标题"),
        "office": tr("检查机关"),
        "body": tr("被检查单位"),
        "task_kind": tr("检查类型"),
        "task_source": tr("任务来源"),
        "approval": tr("检查审批"),
        "place": tr("检查地点"),
        "inspectors": tr("第 {number} 名检查人员"),
        "assistants": tr("第 {number} 名协助人员"),
        "accompanied_by": tr("陪同人员"),
        "arrival": tr("告知事项"),
        "outcome_name": tr("检查结果"),
        "outcome_proof": tr("证明材料"),
        "form_title": tr("检查表名称"),
        "form_version": tr("检查表版本"),
        "situation": tr("现场检查情况第 {number} 段"),
        "answers": tr("检查表第 {number} 行"),
        "findings": tr("第 {number} 个问题"),
        "photos": tr("第 {number} 张照片"),
        "party": tr("当事人核对意见"),
    }


def _parts() -> dict[str, str]:
    """Return what the parts of a body, a person or a line are called, as they follow the place."""
    return {
        "name": tr("的名称"),
        "address": tr("的地址"),
        "legal_representative": tr("的法定代表人"),
        "person_in_charge": tr("的主要负责人"),
        "phone": tr("的电话"),
        "certificate_no": tr("的执法证号"),
        "unit": tr("的工作单位"),
        "text": tr("的检查内容"),
        "remark": tr("的说明"),
        "fact": tr("的现场事实"),
        "evidence": tr("的证据"),
        "disposal": tr("的处理"),
        "caption": tr("的拍摄内容"),
        "taken_by": tr("的拍摄人"),
        "place": tr("的地点"),
        "position": tr("的职务"),
        "statement": tr("的意见"),
        "reason": tr("的原因"),
        "witness": tr("的见证人"),
        "video": tr("的录音录像"),
    }
