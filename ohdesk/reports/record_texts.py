"""Every text a record will print, with the place it stands in, to be checked before anything is drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from ohdesk.domain.record import InspectionRecord, PhotoPageRecord, StrokeSet
from ohdesk.i18n import mark, tr

# Fields of a record that are keys and instants, not print; findings with what was ordered are on papers of their own.
_SILENT = frozenset(
    {
        "findings",
        "fmt",
        "wording",
        "id",
        "visit",
        "draw",
        "person",
        "field",
        "question",
        "sha256",
        "form",
        "form_sha256",
        "outcome",
        "way",
        "mode",
    }
)


# What the fields of a record are called on paper; {number} counts the lines of a list.
_PLACES = {
    "number": mark("编号"),
    "title": mark("标题"),
    "office": mark("检查机关"),
    "body": mark("被检查单位"),
    "kind_name": mark("检查类型"),
    "place": mark("检查地点"),
    "inspectors": mark("第 {number} 名检查人员"),
    "assistants": mark("第 {number} 名协助人员"),
    "technicians": mark("第 {number} 名技术人员"),
    "accompanied_by": mark("陪同人员"),
    "arrival": mark("告知事项"),
    "outcome_name": mark("检查结果"),
    "outcome_proof": mark("证明材料"),
    "form_title": mark("检查表名称"),
    "form_version": mark("检查表版本"),
    "situation": mark("现场检查情况第 {number} 段"),
    "answers": mark("检查表第 {number} 行"),
    "photos": mark("第 {number} 张照片"),
    "party": mark("当事人核对意见"),
}


# What the parts of a body, a person or a line are called, as they follow the place.
_PARTS = {
    "name": mark("的名称"),
    "address": mark("的地址"),
    "legal_representative": mark("的法定代表人"),
    "person_in_charge": mark("的主要负责人"),
    "phone": mark("的电话"),
    "certificate_no": mark("的执法证号"),
    "unit": mark("的工作单位"),
    "role": mark("的身份"),
    "text": mark("的检查内容"),
    "remark": mark("的说明"),
    "fact": mark("的现场事实"),
    "caption": mark("的拍摄内容"),
    "taken_by": mark("的拍摄人"),
    "place": mark("的地点"),
    "position": mark("的职务"),
    "statement": mark("的意见"),
    "reason": mark("的原因"),
    "witness": mark("的见证人"),
    "video": mark("的录音录像"),
}


def texts_of(
    record: InspectionRecord | PhotoPageRecord, strokes: Sequence[StrokeSet] = ()
) -> Iterator[tuple[str, str]]:
    """Yield (place, text) for all text of a record or photo page and the names beside its strokes."""
    for field in fields(record):
        if field.name not in _SILENT:
            yield from _texts(getattr(record, field.name), tr(_PLACES.get(field.name, field.name)))
    for stroke_set in strokes:
        yield tr("签名人姓名"), stroke_set.name


def _texts(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, tuple):
        for ordinal, item in enumerate(value, start=1):
            yield from _texts(item, place.format(number=ordinal))
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _SILENT:
                yield from _texts(getattr(value, field.name), place + tr(_PARTS.get(field.name, "")))
