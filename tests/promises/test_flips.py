"""Promise: one changed bit in any file of a workspace, in a bundle or a backup is found, or changes nothing."""

import pytest

from tests import flips

FLIPS = 8
KINDS = ("database", "write-ahead log", "keys", "attachments", "bundles", "backups")


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    return flips.kinds(tmp_path_factory.mktemp("flips"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_changed_bit_goes_unnoticed(kinds, kind):
    outcomes = kinds[kind].flip(FLIPS)
    assert outcomes[flips.SILENT] == 0
    assert outcomes[flips.FOUND] > FLIPS // 4


def test_every_kind_is_tried(kinds):
    assert set(kinds) == set(KINDS)
