"""The program as it is typed: exit status, output and errors of a command, in its own process or in this one."""

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from ohdesk.__main__ import main
from ohdesk.db.engine import open_engine, reading
from ohdesk.db.models import Base, QuarantinedBundle
from ohdesk.errors import UserError
from ohdesk.files import KEY_FILE
from ohdesk.security import keyfile
from ohdesk.services.exchange.quarantine import QUARANTINE
from ohdesk.services.office.workspace import DATABASE
from tests.conftest import PASSWORD

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended."""

    status: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        """What `--json` printed, which is ASCII whatever it tells of."""
        assert self.status == 0, self.err
        return json.loads(self.out.decode("ascii"))

    @property
    def refusal(self) -> str:
        """The reason, where the command refused: a sentence and what to do; nothing was printed as a result."""
        assert (self.status, self.out) == (1, b""), self
        return _reason(self.err)

    @property
    def breakdown(self) -> str:
        """The reason, where the machine is at fault."""
        assert (self.status, self.out) == (3, b""), self
        return _reason(self.err)


def _reason(text: str) -> str:
    assert "Traceback" not in text
    sentence, *remedy = text.splitlines()
    assert sentence.endswith(("。", "）", "：")) or "：" in sentence
    assert remedy, "nothing says what to do"
    return text


def ohdesk(*words: object, password: str | None = PASSWORD) -> Said:
    """Run the program with these words; `password` goes into the environment unless it is None."""
    environment = {key: value for key, value in os.environ.items() if key != "OHDESK_PASSWORD"}
    if password is not None:
        environment["OHDESK_PASSWORD"] = password
    command = [sys.executable, "-m", "ohdesk", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr.decode("utf-8"))


def ohdesk_here(*words: object, password: str = PASSWORD) -> Said:
    """Do the same without the second that a new process takes."""
    out, err = (TextIOWrapper(BytesIO(), encoding="ascii") for _ in range(2))
    argv = patch.object(sys, "argv", ["ohdesk", *map(str, words)])
    with argv, patch.dict(os.environ, OHDESK_PASSWORD=password), redirect_stdout(out), redirect_stderr(err):
        status = main()
        out.flush()
        err.flush()
    return Said(status, out.buffer.getvalue(), err.buffer.getvalue().decode("utf-8"))


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at a workspace."""

    folder: Path
    user: str
    password: str = PASSWORD

    def __call__(self, *words: object) -> Said:
        """Run a command on the workspace."""
        return ohdesk_here(*self._options, *words, password=self.password)

    def apart(self, *words: object) -> Said:
        """Run a command on the workspace in a process of its own."""
        return ohdesk(*self._options, *words, password=self.password)

    @property
    def _options(self) -> tuple[object, ...]:
        return ("--workspace", self.folder, "--user", self.user)

    def state(self) -> dict[str, str]:
        """Return the digest of every file there and of every row of the database, as far as it can be read.

        Left out are the lock, SQLite's log, the count of wrong passwords, and what was refused and kept as evidence.
        """
        files = {
            str(path.relative_to(self.folder)): sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
            and not path.name.endswith((".lock", "-wal", "-shm", ".tries"))
            and path.parent.name != QUARANTINE
        }
        # The file itself changes with every opening, as it says of itself that it is open.
        if (self.folder / DATABASE).is_file() and (self.folder / DATABASE).stat().st_size:
            with suppress(UserError):
                files[DATABASE] = self._rows()
        return files

    def _rows(self) -> str:
        keys = keyfile.unlock(self.folder / KEY_FILE, keyfile.accounts(self.folder / KEY_FILE)[0], PASSWORD)
        engine = open_engine(self.folder / DATABASE, keys.database)
        try:
            with reading(engine) as session:
                tables = (
                    table for table in Base.metadata.sorted_tables if table.name != QuarantinedBundle.__tablename__
                )
                rows = [session.execute(select(table).order_by(*table.primary_key)).all() for table in tables]
        finally:
            engine.dispose()
        return sha256(repr(rows).encode()).hexdigest()
