"""What an action touched, so that screens know whether to reload."""

from enum import Flag, auto


class Change(Flag):
    """The kinds of things an action can touch."""

    NOTHING = 0
    ROLL = auto()
    PEOPLE = auto()
    DRAWS = auto()
    VISITS = auto()
    FINDINGS = auto()
    RECORDS = auto()
    SYNC = auto()
    SETTINGS = auto()
    REGISTERS = auto()
    PROPOSALS = auto()  # what was written waits for the county's word
    SHARED = (
        ROLL | PEOPLE | DRAWS | VISITS | FINDINGS | RECORDS | REGISTERS | SYNC
    )  # what a bundle of another office may touch
