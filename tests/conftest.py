"""Fixtures shared by all tests."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from ohdesk.security.keyfile import Cost
from ohdesk.services.context import Context
from ohdesk.services.workspace import NewWorkspace, create_workspace, open_workspace

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, noon in Beijing
PASSWORD = "ohdesk-test"
CHEAP = Cost(iterations=1, lanes=1, memory_kib=8)


def noon() -> datetime:
    """The tests' clock: it stands."""
    return NOON


def town_workspace(folder: Path, division: str = "000000001", name: str = "石桥镇") -> Path:
    """A new town workspace with one account, "李旸"."""
    create_workspace(folder, NewWorkspace("town", division, name, "李旸", PASSWORD), CHEAP)
    return folder


def county_workspace(folder: Path, division: str = "000000", name: str = "青原县卫生健康局") -> Path:
    """A new county workspace with one account, "陶镕"."""
    create_workspace(folder, NewWorkspace("county", division, name, "陶镕", PASSWORD), CHEAP)
    return folder


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """An unlocked town workspace in a real encrypted database; the clock stands at noon."""
    with open_workspace(town_workspace(tmp_path / "town"), "李旸", PASSWORD, noon) as context:
        yield context


@pytest.fixture
def county_ctx(tmp_path: Path) -> Iterator[Context]:
    """An unlocked county workspace."""
    with open_workspace(county_workspace(tmp_path / "county"), "陶镕", PASSWORD, noon) as context:
        yield context
