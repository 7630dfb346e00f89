"""What one operation says stops neither those behind it nor anything else: it is set aside with the reason."""

from hashlib import sha256

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from ohdesk.db import accepting, apply, chain
from ohdesk.db.accepting import Accepted
from ohdesk.db.chain import ForkError, GapError
from ohdesk.db.models import BlobRow, Establishment, OperationRow
from ohdesk.db.queries.digest import state_digest
from ohdesk.domain.canonical import canonical
from ohdesk.domain.ids import uuid7
from ohdesk.errors import MachineError
from tests.conftest import NOON

ENTRY = "019cacb3-f200-7869-bae0-0419237e09d4"  # its end is the tag of town 000000001
TOWN = "a" * 16


def operation(seq=1, previous=chain.NO_HASH, **changed) -> bytes:
    value = {
        "r": TOWN, "s": seq, "p": previous, "t": "establishment.written@1", "id": ENTRY, "base": [], "d": "000000001",
        "at": "2026-03-02T04:00:00Z", "by": "x", "v": {"fields": {"name": "石桥厂"}, "reason": "", "source": "hand"},
        "blobs": [],
    }  # fmt: skip
    return canonical(value | changed)


MALFORMED = {
    "a number no database holds": operation().replace(b'"name"', b'"workers":99999999999999999999,"name"'),
    "a number of 5,000 digits": operation().replace(b'"name"', b'"workers":' + b"9" * 5000 + b',"name"'),
    "a fraction": operation().replace(b'"name"', b'"workers":1.5,"name"'),
    "a key twice": operation().replace(b'"name"', b'"name":"","name"'),
    "spaces": operation().replace(b'"v":{', b'"v": {'),
    "nested deeply": operation().replace(b'"name"', b'"x":' + b"[" * 300 + b"]" * 300 + b',"name"'),
    "bytes that are no text": operation().replace(b'"by":"x"', b'"by":"\xff"'),
    "no values": operation(v=7),
    "no reason": operation(v={"fields": {}}, by=None),
    "an identity that is none": operation(id=["x"]),
    "a kind that is none": operation(t=3),
    "no instant": operation(at="昨天"),
    "a blob that is no hash": operation(blobs=["sha256:photo"]),
    "blobs that are no list": operation(blobs=7),
    "more blobs than can be asked for": operation(blobs=["sha256:" + f"{number:064x}" for number in range(1101)]),
    "texts that no row may hold": operation(t="\U0001f4a9" * 9999, id="y" * 9999),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_operation_is_kept_chained_and_set_aside_and_the_next_one_goes_on(ctx, body):
    after = operation(2, sha256(body).hexdigest())
    with ctx.transaction() as session:
        assert accepting.accept_many(session, [body, after]) == [Accepted.SET_ASIDE, Accepted.APPLIED]
        row = session.get_one(OperationRow, (TOWN, 1))
        assert (row.body, row.hash) == (body, sha256(body).hexdigest())
        assert 0 < len(row.set_aside) <= 300
        canonical(row.set_aside)
        assert session.get_one(Establishment, ENTRY).name == "石桥厂"
        assert session.scalars(select(BlobRow)).all() == []
        assert chain.chain_problems(session) == []
        assert state_digest(session)


@pytest.mark.parametrize(("seq", "error"), [(10**30, GapError), (-(10**30), ForkError), (0, ForkError)])
def test_a_number_that_no_database_holds_is_a_gap_or_a_fork(ctx, seq, error):
    with ctx.transaction() as session, pytest.raises(error):
        accepting.accept_many(session, [operation().replace(b'"s":1', b'"s":%d' % seq)])


def test_the_reason_names_the_place(ctx):
    with ctx.transaction() as session:
        accepting.accept(session, MALFORMED["a number no database holds"])
        assert "workers" in session.get_one(OperationRow, (TOWN, 1)).set_aside


@pytest.mark.parametrize("error", [ValueError("no"), OverflowError(), LookupError("x"), RecursionError(), TypeError()])
def test_whatever_fails_while_an_operation_is_applied_sets_it_aside(ctx, monkeypatch, error):
    body = operation()
    with ctx.transaction() as session:
        with monkeypatch.context() as patch:
            patch.setattr(apply, "apply_many", lambda *_: _raise(error))
            assert accepting.accept_many(session, [body]) == [Accepted.SET_ASIDE]
        assert accepting.accept(session, operation(2, sha256(body).hexdigest())) is Accepted.APPLIED


@pytest.mark.parametrize("failing", [7, 1002])
def test_one_that_fails_among_many_is_set_aside_alone(ctx, monkeypatch, failing):
    """Also where it is not the first of its entry, and so is worked out at the end."""
    bodies, previous, entries = [], chain.NO_HASH, [uuid7(NOON, "000000001") for _ in range(1001)]
    said = [(entry, []) for entry in entries] + [(entries[seq - 1], [f"{TOWN}:{seq}"]) for seq in (5, 6)]
    for seq, (entry, base) in enumerate(said, 1):  # more than are decoded at once
        bodies.append(operation(seq, previous, id=entry, base=base))
        previous = sha256(bodies[-1]).hexdigest()
    true = apply.apply_many

    def fails(session, many, refused):
        if any(applied.seq == failing for applied in many):
            raise ValueError("no")
        return true(session, many, refused)

    with ctx.transaction() as session:
        with monkeypatch.context() as patch:
            patch.setattr(apply, "apply_many", fails)
            patch.setattr(apply, "work_out", lambda *_: _raise(ValueError("no")))
            outcomes = accepting.accept_many(session, bodies)
        assert [seq for seq, each in enumerate(outcomes, 1) if each is Accepted.SET_ASIDE] == [failing]
        assert session.scalar(select(func.count()).select_from(Establishment)) == 1001 - (failing == 7)


@pytest.mark.parametrize("error", [MachineError("满了"), OSError(28, "full"), OperationalError("", {}, Exception())])
def test_what_the_machine_cannot_do_is_no_fault_of_the_operation(ctx, monkeypatch, error):
    monkeypatch.setattr(apply, "apply_many", lambda *_: _raise(error))
    with ctx.transaction() as session, pytest.raises(type(error)):
        accepting.accept_many(session, [operation()])


def test_a_check_that_fails_on_an_operation_sets_it_aside(ctx):
    with ctx.transaction() as session:
        void = operation(t="draw.voided@1", v={"reason": "种子有误"})
        assert accepting.accept(session, void, lambda: lambda _: _raise(KeyError("value"))) is Accepted.SET_ASIDE


def _raise(error):
    raise error
