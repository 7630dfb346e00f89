"""A form with every kind of entry, in a folder of its own: what no shipped form needs all at once."""

import shutil
from pathlib import Path

from ohdesk.forms.definition import Form
from ohdesk.forms.loader import read_form
from ohdesk.paths import resources

HEAD = """
id = "trial"
version = "2026.1"
title = "试用检查表"
kinds = ["用人单位"]
valid_from = 2026-01-01
[[section]]
id = "A"
title = "试用"
file = "questions.toml"
"""
QUESTIONS = """
form = "trial"
version = "2026.1"
section = "A"

[[question]]
id = "A01"
text = "各岗位噪声和佩戴情况。"
text_en = "Noise and wearing at each post."
how = "现场清点"
answer_type = "pass_fail_na"
mode = "onsite"
phrase = "有人未佩戴"
duty = [{ text = "测试用依据" }]
severity = "一般"
[[question.field]]
key = "workers"
label = "从业人数"
kind = "int"
[[question.field]]
key = "exposed"
label = "接害人数"
kind = "int"
at_most = "workers"
[[question.field]]
key = "unit"
label = "单位"
kind = "choice"
choices = [{ key = "mg/m3", zh = "mg/m3", en = "mg/m3" }, { key = "ppm", zh = "ppm", en = "ppm" }]
[[question.field]]
key = "dust"
label = "粉尘"
kind = "number"
unit_in = "unit"
least = "0"
[[question.field]]
key = "posts"
label = "岗位"
kind = "repeat"
most = "40"
[[question.field.column]]
key = "post"
label = "岗位"
kind = "text"
required = true
[[question.field.column]]
key = "correct"
label = "正确佩戴"
kind = "counter"
press = "7"
at_most = "worn"
[[question.field.column]]
key = "wrong"
label = "佩戴不当"
kind = "counter"
press = "8"
[[question.field.column]]
key = "worn"
label = "已佩戴"
kind = "int"
sum_of = ["correct", "wrong"]
[[question.field.column]]
key = "level"
label = "噪声"
kind = "number"
unit = "dB(A)"
least = "30"
most = "150"
judged = { hazard = "噪声", kind = "LEX,8h", needs = ["meter", "calibrated"] }
[[question.field.column]]
key = "meter"
label = "仪器"
kind = "text"
[[question.field.column]]
key = "calibrated"
label = "校准日期"
kind = "date"
[[question.field]]
key = "rate"
label = "正确佩戴率"
kind = "number"
unit = "%"
computed = { by = "rate", of = ["posts.correct", "posts.worn"] }

[[question]]
id = "A02"
text = "噪声岗位的护听器。"
text_en = "Hearing protectors at posts with noise."
how = "现场查看"
answer_type = "pass_fail_na"
mode = "onsite"
phrase = "没有护听器"
duty = [{ text = "测试用依据" }]
severity = "一般"
applies = [{ hazard = "噪声" }, { kind = "用人单位", size = "大型" }]

[[question]]
id = "A03"
text = "不合格的已整改。"
text_en = "What was not met was put right."
how = "现场查看"
answer_type = "pass_fail_na"
mode = "onsite"
phrase = "没有整改"
duty = [{ text = "测试用依据" }]
severity = "一般"
applies = [{ A01 = "not_met" }]
"""


def trial_folder(to: Path) -> Path:
    """Return a folder of checklists with the trial form alone."""
    (to / "trial").mkdir()
    (to / "trial" / "form.toml").write_text(HEAD, encoding="utf-8")
    (to / "trial" / "questions.toml").write_text(QUESTIONS, encoding="utf-8")
    shutil.copy(resources() / "checklists" / "laws.toml", to)
    return to


def trial_form(to: Path) -> Form:
    """Return the trial form."""
    return read_form(trial_folder(to), "trial")
