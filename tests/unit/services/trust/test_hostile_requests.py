"""What a request may claim: only what its keys prove and its county has room for."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ohdesk.db.models import Peer
from ohdesk.errors import UserError
from ohdesk.security import trust_files
from ohdesk.security.signing_keys import DeviceKey, age_recipient, new_age_identity, replica_of
from ohdesk.security.trust_files import Request
from ohdesk.services.context import Context
from ohdesk.services.trust import joining


@dataclass
class Asker:
    """Somebody with a device key of their own, who writes into a request whatever they like."""

    card: str
    device: DeviceKey = field(default_factory=DeviceKey.create)
    recipient: str = field(default_factory=lambda: age_recipient(new_age_identity()))

    def request(self, path: Path, **claimed: Any) -> Path:
        honest: dict[str, Any] = {
            "card": self.card,
            "replica": replica_of(self.device.public_der),
            "division": "000000001",
            "name": "石桥镇",
            "device": self.device.public_der,
            "recipient": self.recipient,
            "own_certificates": (),
        }
        path.write_bytes(trust_files.signed(Request(**honest | claimed), self.device).data)
        return path


@pytest.fixture
def asker(county_ctx, tmp_path) -> Asker:
    return Asker(joining.write_card(county_ctx, tmp_path / "card").digest)


def refused(county: Context, request: Path, reason: str) -> None:
    """The county refuses to look at a request and to answer it, and nothing changes."""
    answer = request.with_name("answer")
    for use in (lambda: joining.look_at_request(county, request), lambda: joining.issue(county, request, answer)):
        with pytest.raises(UserError, match=reason):
            use()
    assert not answer.exists()


def test_the_replica_of_another_town_is_not_certified_for_a_new_key(ctx, county_ctx, asker, tmp_path):
    joining.write_request(ctx, tmp_path / "card", tmp_path / "request")
    joining.issue(county_ctx, tmp_path / "request", tmp_path / "honest answer")
    with county_ctx.reading() as session:
        recipient = session.get_one(Peer, ctx.office.replica).age_recipient
    refused(county_ctx, asker.request(tmp_path / "forged", replica=ctx.office.replica), "冒用了别的电脑")
    with county_ctx.reading() as session:
        assert session.get_one(Peer, ctx.office.replica).age_recipient == recipient


def test_the_countys_replica_is_not_certified_for_a_new_key(county_ctx, asker, tmp_path):
    refused(county_ctx, asker.request(tmp_path / "forged", replica=county_ctx.office.replica), "冒用了别的电脑")
