"""Units of limits and of results: the many ways they are written, and what can be converted exactly."""

from decimal import Decimal

from ohdesk.domain.hazard.spelling import folded

_ONE, _THOUSAND, _THOUSANDTH = Decimal(1), Decimal(1000), Decimal("0.001")
# Unit as it is shown → its spellings, with what one of them is in that unit. Only exact factors: ppm has none, it
# depends on the temperature, and dB(A) is a weighted level, dB is not.
_UNITS: dict[str, dict[str, Decimal]] = {
    "mg/m³": {"mg/m3": _ONE, "μg/m3": _THOUSANDTH, "g/m3": _THOUSAND, "μg/l": _ONE, "mg/l": _THOUSAND},
    "f/mL": {"f/ml": _ONE, "f/cm3": _ONE},
    "dB(A)": {"db(a)": _ONE, "dba": _ONE, "a计权db": _ONE},
    "dB": {"db": _ONE},
    "℃": {"°c": _ONE},
    "m/s²": {"m/s2": _ONE},
    "μW/cm²": {"μw/cm2": _ONE, "mw/cm2": _THOUSAND},
    "kV/m": {"kv/m": _ONE, "v/m": _THOUSANDTH},
}
_BY_SPELLING = {text: (unit, factor) for unit, texts in _UNITS.items() for text, factor in texts.items()}
_WORDS = (  # longest first: 毫克 before 克, 立方米 before 米
    *(
        ("立方厘米", "cm3"),
        ("平方厘米", "cm2"),
        ("立方分米", "l"),
        ("立方米", "m3"),
        ("平方秒", "s2"),
        ("摄氏度", "°c"),
    ),
    *(("微克", "μg"), ("毫克", "mg"), ("克", "g"), ("毫升", "ml"), ("升", "l"), ("分贝", "db"), ("千伏", "kv")),
    *(("伏", "v"), ("微瓦", "μw"), ("毫瓦", "mw"), ("纤维", "f"), ("根", "f"), ("米", "m"), ("秒", "s")),
    *(("每", "/"), ("//", "/"), ("ug/", "μg/"), ("uw/", "μw/"), ("^", ""), ("**", ""), ("wbgt", ""), ("指数", "")),
    *(("·m-3", "/m3"), ("·s-2", "/s2"), ("·cm-2", "/cm2"), ("⁄", "/")),
)


def is_unit(text: str) -> bool:
    """True for a unit as limits are given in: "mg/m³"."""
    return text in _UNITS


def converted(value: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Return a value in another unit; None where that cannot be done exactly, or the unit is not known.

    unit: as somebody wrote it, "ug/m3" or 毫克/立方米 · wanted: as `is_unit` knows it
    """
    found, factor = _BY_SPELLING.get(_plain(unit), ("", _ONE))
    return value * factor if found == wanted else None


def _plain(unit: str) -> str:
    text = folded(unit)
    for written, meant in _WORDS:
        text = text.replace(written, meant)
    return text
