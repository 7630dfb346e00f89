"""What may be made of a visit is said before anything is typed, and so is why something may not."""

from ohdesk.errors import UserError
from ohdesk.services.paper import life
from ohdesk.services.paper.offering import offered
from ohdesk.services.paper.subject import Subject
from ohdesk.services.record import finalizing
from ohdesk.services.visit import filling
from tests.unit.services.record import record_world
from tests.unit.services.record.record_world import party, pen, second


def test_what_is_offered_can_be_made_and_what_cannot_says_the_same_as_the_making(tmp_path):
    world = record_world.filled(tmp_path / "town")
    subject = Subject(visit=world.visit)
    with world.opened() as ctx:
        before = hindrances(ctx, subject)
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        after = hindrances(ctx, subject)
    assert "定稿的笔录" in before["order"]
    assert not after["order"]
    assert "已制发文书的附件" in after["correction_notice"]
    assert "没有登记" in before["notice"] == after["notice"]
    assert not before["opinion"]


def test_where_nothing_was_ordered_to_be_put_right_no_order_goes_out(tmp_path):
    world = record_world.make(tmp_path / "town")
    subject = Subject(visit=world.visit)
    with world.opened() as ctx:
        filling.save_rest_as_not_inspected(ctx, world.visit, "当日停产。")
        finalizing.finalize(ctx, world.visit, party(), (pen(),), second())
        told = hindrances(ctx, subject)
    assert "责令改正的问题" in told["order"]
    assert not told["service_receipt"]


def hindrances(ctx, subject: Subject) -> dict[str, str]:
    """Return what is said of each paper, after every one was tried."""
    told = {each.paper: each.hindrance for each in offered(ctx, subject)}
    for paper, hindrance in told.items():
        assert refusal(ctx, paper, subject) == hindrance, paper
    return told


def refusal(ctx, paper: str, subject: Subject) -> str:
    """Return why a paper cannot be made, but for what is still to be typed."""
    try:
        life.new_paper(ctx, paper, subject, {})
    except UserError as error:
        return "" if error.problems else error.whole
    return ""
