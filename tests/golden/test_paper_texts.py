"""The text of every paper, as another program reads it, and what other programs say of the files.

After a deliberate change of words or layout: `python -m tests.golden.test_paper_texts`, and read the difference.
"""

import re
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from ohdesk.domain.register.numbers import framed
from ohdesk.forms.papers import papers_of, read_paper
from ohdesk.reports.papers import render_paper
from tests.golden.paper_samples import LONGEST, barest, largest, usual
from tests.printed import pages_of

SETS = ("moh-87", "moj-2025")
HOW_TO = Path(__file__).parents[2] / "docs" / "howto" / "add-a-paper.md"
SHORT_OF_SPACE = 8  # characters of a name on one line, whatever the column


def golden(set_id: str) -> Path:
    return Path(__file__).with_name(f"papers_{set_id}.txt")


def drawn(set_id: str) -> bytes:
    """Every paper of a set with its usual values, one behind the other."""
    with pikepdf.new() as whole:
        for paper in papers_of(set_id).values():
            with pikepdf.open(BytesIO(render_paper(paper.form, usual(paper.form)).pdf)) as pdf:
                whole.pages.extend(pdf.pages)
        return saved(whole)


def saved(pdf: pikepdf.Pdf) -> bytes:
    target = BytesIO()
    pdf.save(target)
    return target.getvalue()


def said_by(*command: str, of: bytes) -> str:
    return subprocess.run(command, input=of, capture_output=True, check=True).stdout.decode()


def text(pdf: bytes) -> str:
    """Every line of every page, runs of spaces taken as one."""
    pages = said_by("pdftotext", "-raw", "-", "-", of=pdf).split("\f")[:-1]
    lines = ([re.sub(r"\s+", " ", line).strip() for line in page.splitlines() if line.strip()] for page in pages)
    return "\n\n---- page ----\n\n".join("\n".join(each) for each in lines) + "\n"


@pytest.mark.parametrize("set_id", SETS)
def test_every_paper_reads_as_it_did_and_other_programs_find_nothing_wrong(set_id, tmp_path):
    pdf = drawn(set_id)
    assert text(pdf) == golden(set_id).read_text("utf-8")
    file = tmp_path / "papers.pdf"
    file.write_bytes(pdf)
    assert "No syntax or stream encoding errors found" in said_by("qpdf", "--check", str(file), of=b"")
    fonts = [row.split() for row in said_by("pdffonts", str(file), of=b"").splitlines()[2:]]
    assert fonts
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in fonts)  # embedded, a subset, with its characters


def test_every_paper_holds_the_longest_name_and_twenty_of_everything():
    for key, paper in papers_of("moj-2025").items():
        pages = pages_of(render_paper(paper.form, largest(paper.form)).pdf)
        if "{name}" in "".join(text for block in paper.form.blocks for _, text, of in block.texts if not of):
            assert LONGEST[-SHORT_OF_SPACE:] in "".join(pages), key
        assert all(len(page) > SHORT_OF_SPACE for page in pages), key


def test_a_paper_of_which_nothing_else_is_known_is_whole():
    for key, paper in papers_of("moj-2025").items():
        page = "".join(pages_of(render_paper(paper.form, barest(paper.form)).pdf))
        assert not re.search(r"[：，、]{2}|（）|，。|向申请|至止|None", page), key


def test_a_new_paper_is_one_file_and_no_code_and_a_county_changes_words_and_numbering_in_another():
    of_a_set, of_its_own = re.findall(r"```toml\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    form = read_paper(of_its_own.encode(), "unused_devices.toml").form
    assert "停用设备核对表" in pages_of(render_paper(form, usual(form)).pdf)[0]
    changed = of_a_set.replace("\n\n", '\nseries = "{region}改〔{year}〕{serial:04}号"\n\n', 1)
    form = read_paper(changed.encode(), "order.toml").form
    page = "".join(pages_of(render_paper(form, usual(form)).pdf))
    assert all(
        said in page for said in ("责令改正通知书", "文号：2026—001", "棠下镇人民政府（盖章）", "三、改正内容和期限")
    )
    assert (
        framed(form.series.replace("{region}", "江蓬"), date(2026, 12, 4), "", "").number(1) == "江蓬改〔2026〕0001号"
    )


if __name__ == "__main__":
    for each in SETS:
        golden(each).write_text(text(drawn(each)), "utf-8")
