"""The page to prepare a visit with: what it says, that it stays one page, and of whom it is not written."""

import re

import pytest

from ohdesk.domain.visit import Task
from ohdesk.errors import UserError
from ohdesk.services.finding.preparation import preparation_pdf, write_preparation
from ohdesk.services.register import entries as books
from ohdesk.services.roll import entries
from ohdesk.services.visit import photos, planning
from tests.rectifying import fill, finalize, on, team, visit_of
from tests.visiting import add_firm, picture

COMPLAINT = {
    "received_at": "2026-03-01 09:30",
    "source": "phone",
    "identity": "anonymous",
    "facts": "粉尘大",
    "within_power": "town",
}


def pages(pdf):
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        texts = [re.sub(r"\s", "", page.get_textpage().get_text_bounded()) for page in document]
        pictures = [sum(each.type == 3 for each in page.get_objects()) for page in document]
    return texts, pictures


@pytest.fixture
def firm(ctx):
    firm = add_firm(ctx)
    entries.correct(ctx, firm, {"contact": "何苒", "phone": "000-1234567", "hazards": "竹粉尘、噪声"}, "核对")
    return firm


def planned(ctx, firm):
    task = Task("case", "complaint", "2026-03-20", "热线转来")
    new = planning.NewVisit(establishment=firm, inspectors=team(ctx), task=task)
    return planning.plan(on(ctx, "2026-03-19"), new)


def test_one_page_says_whom_one_meets_what_is_open_and_due_and_who_came_last_and_why(ctx, firm):
    earlier = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, earlier, breaches=("D01", "F03"))
    photos.attach_photo(ctx, earlier, "F03", picture("red", (400, 300)))
    finalize(ctx, earlier)
    books.add(ctx, "complaints", COMPLAINT | {"reply_by": "2026-03-10"}, about=firm)
    visit = planned(ctx, firm)
    (text,), pictures = pages(preparation_pdf(on(ctx, "2026-03-19"), visit))
    said = ("何苒", "000-1234567", "竹粉尘、噪声", "D01处未见应有的措施", "F03处未见应有的措施")
    said += ("个案检查·投诉举报·热线转来", "2026-03-10（已过）", "今年已检查1次", "申报回执")
    said += ("2026-03-02周沄、吴翙日常检查", "问题2个", "不带进被检查单位")
    assert [word for word in said if word not in text] == []
    assert pictures == [1]


def test_lists_that_are_longer_than_the_page_give_way_and_say_so(ctx, firm):
    for number in range(40):
        books.add(ctx, "complaints", COMPLAINT | {"reply_by": f"2026-04-{1 + number % 28:02}"}, about=firm)
    earlier = visit_of(ctx, firm, "2026-03-02")
    fill(ctx, earlier, breaches=[f"F0{number}" for number in range(1, 8)] + [f"E0{number}" for number in range(1, 10)])
    for number in range(1, 8):
        photos.attach_photo(ctx, earlier, f"F0{number}", picture("red", (400, 300 + number)))
    finalize(ctx, earlier)
    texts, _ = pages(preparation_pdf(on(ctx, "2026-03-19"), planned(ctx, firm)))
    assert len(texts) == 1
    assert texts[0].count("见程序") == 2


def test_of_an_employer_that_handles_secrets_it_is_printed_and_not_written(ctx, firm, tmp_path):
    visit = planned(ctx, firm)
    entries.correct(ctx, firm, {"state_secrets": "是"}, "定密")
    assert preparation_pdf(ctx, visit)
    with pytest.raises(UserError, match="涉密"):
        write_preparation(ctx, visit, tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()
