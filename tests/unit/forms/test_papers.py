"""The file of a paper: what it stands on, what a mode says otherwise, and every fault with its line."""

import pytest

from ohdesk.errors import ProblemsError
from ohdesk.forms.papers import read_paper

ORDER = """title = "责令限期改正通知书"
life = "outward"
series = "改〔{year}〕{serial:03}号"
needs = ["order"]

[issue.own]

[[ask]]
key = "demand"
label.zh = "改正内容"

[[block]]
key = "facts"
kind = "facts"
rows = [[{ label = "当事人", text = "{name}" }]]

[[block]]
kind = "items"
of = "findings"
text = "{ordinal}. {fact}，{demand}"
"""


def read(text, file="order.toml"):
    return read_paper(text.encode(), file)


def faults(text):
    with pytest.raises(ProblemsError) as told:
        read(text)
    return [(each.place, each.found) for each in told.value.problems]


def test_a_paper_is_read_with_all_it_says():
    paper = read(ORDER)
    assert (paper.key, paper.form.title, [block.key for block in paper.form.blocks]) == (
        "order",
        "责令限期改正通知书",
        ["facts", ""],
    )
    assert [field.key for field in paper.form.asked] == ["demand"]


@pytest.mark.parametrize(
    ("written", "instead", "line", "found"),
    [
        ('text = "{name}"', 'text = "{nobody}"', 15, "{nobody}"),
        ("{fact}", "{nothing}", 20, "{nothing}"),
        ('kind = "items"', 'kind = "stars"', 18, "stars"),
        ("{serial:03}", "{number}", 3, "{number}"),
        ('of = "findings"', 'of = "stars"', 19, "stars"),
        ('life = "outward"', 'life = "long"', 2, "long"),
        ("[issue.own]", "[issue.nobody]", 6, "nobody"),
        ('needs = ["order"]', 'needs = ["gold"]', 4, "gold"),
        ("{demand}", "{demand", 20, "{"),
    ],
)
def test_a_fault_is_named_with_file_line_and_what_was_found(written, instead, line, found):
    told = faults(ORDER.replace(written, instead, 1))
    assert any(place.startswith(f"order.toml 第 {line} 行") and found in what for place, what in told), told


def test_all_faults_are_named_at_once():
    told = faults(ORDER.replace("{name}", "{nobody}").replace('life = "outward"', 'life = "long"') + "colour = 1\n")
    assert len(told) >= 3, told


def test_a_file_says_only_what_differs_from_its_base():
    base = read('base = "common/record"\n', "record.toml").form
    other = read(
        'base = "common/record"\ntitle = "现场笔录"\nwithout = ["announced"]\n[[block]]\nkey = "situation"\n'
        'heading = "所见"\n[[block]]\nafter = "told"\nkind = "paragraph"\nkey = "more"\ntext = "{place}"\n',
        "record.toml",
    ).form
    keys = [block.key for block in other.blocks]
    assert other.title == "现场笔录"
    assert "announced" not in keys
    assert keys.index("more") == keys.index("told") + 1
    assert next(block.heading for block in other.blocks if block.key == "situation") == "所见"
    assert other.words == base.words
    assert other.sha256 != base.sha256


def test_a_mode_may_have_words_of_its_own():
    paper = read('base = "common/record"\n', "record.toml")
    assert paper.of("own").title == "现场检查笔录"
    assert paper.of("off-site").title == "非现场检查记录"
