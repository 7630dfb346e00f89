"""What a guess at a password costs: Argon2id (RFC 9106), never below a floor, as much more as the machine allows.

The only place that says how hard passwords are to guess.  What is read from a file is checked against it: a key file
that asks for less was made or changed by somebody else, one that asks for more is damaged.
"""

import math
import time
import unicodedata
from collections.abc import Callable
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec import Meta
from msgspec.structs import replace

from ohdesk.security import vault

SALT_LENGTH = 16  # bytes, RFC 9106 section 3.1
MOST_PASSES = 32
# Two seconds on a slow laptop: whoever unlocks must not wait for minutes on the word of a file.
_MOST_WORK = MOST_PASSES * 64 * 1024  # passes × KiB
_LANES = 1  # so that more cores do not make guessing cheaper
LEAST_GUESS = 250  # milliseconds


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Argon2id parameters: passes over the memory, memory in KiB; no more than this program ever spends."""

    iterations: Annotated[int, Meta(ge=1, le=MOST_PASSES)]
    memory_kib: Annotated[int, Meta(ge=8 * _LANES, le=512 * 1024)]  # the least of RFC 9106 section 3.1

    def __post_init__(self) -> None:
        if self.work > _MOST_WORK:
            raise ValueError("more work than this program ever asks for")

    @property
    def work(self) -> int:
        """Passes × KiB: what time follows."""
        return self.iterations * self.memory_kib

    def reaches(self, floor: "Cost") -> bool:
        """True when a guess takes no less memory and no less work than with `floor`."""
        return self.memory_kib >= floor.memory_kib and self.work >= floor.work


# Never less than these passes, even where the machine that makes a slot is slow: a guesser's is not.
LEAST_COST = Cost(iterations=4, memory_kib=64 * 1024)
# Worlds to practise in are opened hundreds of times by people who all know the password.
PRACTICE_COST = Cost(iterations=1, memory_kib=8)


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"cost": "argon2id"}):
    """What a guess costs, and how many milliseconds that took on the machine that measured it."""

    cost: Cost
    milliseconds: Annotated[int, Meta(ge=0)]


def stretch(password: str, cost: Cost, salt: bytes) -> bytes:
    """Return the 32-byte key made of a password and a salt of `SALT_LENGTH` bytes."""
    kdf = Argon2id(
        salt=salt,
        length=vault.KEY_LENGTH,
        iterations=cost.iterations,
        lanes=_LANES,
        memory_cost=cost.memory_kib,
    )
    # NFC, since input methods on Windows and Linux give one character in either form.
    return kdf.derive(unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass"))


def _milliseconds(cost: Cost) -> int:
    """Measure one derivation in this thread's own time: what else the machine does must not make the keys cheaper."""
    begun = time.thread_time()
    stretch("", cost, bytes(SALT_LENGTH))  # the time does not depend on password or salt
    return round((time.thread_time() - begun) * 1000)


def calibrate(least: Cost = LEAST_COST, took: Callable[[Cost], int] = _milliseconds) -> Calibration:
    """Return the least cost from `least` on with which this machine needs `LEAST_GUESS` for one guess.

    took:  gives the milliseconds one derivation takes here; a machine too fast for it gets the highest cost
    """
    cost, highest = least, _MOST_WORK // least.memory_kib
    while (spent := took(cost)) < LEAST_GUESS and cost.iterations < highest:
        passes = math.ceil(cost.iterations * LEAST_GUESS / max(spent, 1))
        # At least one pass more each time, so that the loop ends whatever is measured.
        cost = replace(cost, iterations=min(max(passes, cost.iterations + 1), highest))
    return Calibration(cost, spent)
