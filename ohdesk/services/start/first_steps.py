"""The first steps of a new workspace (起步): what is done of them, each told from what is there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import Account, Draw, Establishment, Person, SkippedStep
from ohdesk.domain.people import TEAM, PersonRole, Right
from ohdesk.services.changes import Change
from ohdesk.services.context import Context
from ohdesk.services.office.powers import powers_in
from ohdesk.services.trust.keys import county_root


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step: "roll", "people", "accounts", "powers", "county" or "draw".

    needed: nothing goes on without it; the others may be skipped · count: how many there are of what it makes
    """

    key: str
    done: bool
    needed: bool = True
    skipped: bool = False
    count: int = 0


def first_steps_in(session: Session, replica: str) -> tuple[FirstStep, ...]:
    """Return the first steps in their order, within an open session."""
    inspectors = set(
        session.scalars(select(Person.id).where(Person.replica == replica, Person.role == PersonRole.INSPECTOR))
    )
    with_account = inspectors & set(session.scalars(select(Account.person)))
    powers = len(powers_in(session))
    drawn = session.scalar(select(Draw.id).where(Draw.replica == replica).limit(1)) is not None
    return (
        FirstStep("roll", session.scalar(select(Establishment.id).limit(1)) is not None),
        FirstStep("people", len(inspectors) >= TEAM, count=len(inspectors)),
        FirstStep("accounts", len(with_account) >= TEAM, count=len(with_account)),
        FirstStep("powers", powers > 0, count=powers),
        FirstStep(
            "county",
            # A town may work for months before its county is ready; the step can wait, it never goes away.
            bool(county_root(session)),
            needed=False,
            skipped=session.get(SkippedStep, "county") is not None,
        ),
        FirstStep("draw", drawn),
    )


def skip(ctx: Context, key: str) -> Change:
    """Put a step off that may be put off; it stays among what can be done."""
    ctx.require(Right.OFFICE)
    with ctx.transaction() as session:
        session.merge(SkippedStep(key=key))
    return Change.SETTINGS
