"""Somebody who asks a county for certificates and writes into the request whatever they like."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ohdesk.domain.ids import uuid7
from ohdesk.security import certificates, trust_files
from ohdesk.security.certificates import PersonSubject
from ohdesk.security.signing_keys import DeviceKey, PersonKey, age_recipient, new_age_identity, replica_of
from ohdesk.security.trust_files import Request
from tests.conftest import NOON

TOWN, OTHER = "000000001", "000000002"


@dataclass
class Person:
    """An inspector with a key, as their town writes them."""

    id: str
    name: str = "王𠅤"
    number: str = "DEMO-0001"
    key: PersonKey = field(default_factory=PersonKey.create)

    @property
    def key_hash(self) -> str:
        """SHA-256 of the public key: what the county takes back."""
        return sha256(self.key.public_der).hexdigest()

    def own(self, office: str, division: str, at: datetime = NOON) -> bytes:
        """Return the certificate they made for themselves."""
        named = PersonSubject(person=self.id, name=self.name, number=self.number, office=office, division=division)
        return certificates.make_own(self.key, named, at)


@dataclass
class Asker:
    """Somebody with a device key of their own, who writes into a request whatever they like."""

    card: str
    folder: Path
    device: DeviceKey = field(default_factory=DeviceKey.create)
    recipient: str = field(default_factory=lambda: age_recipient(new_age_identity()))

    def request(self, *people: Person, division: str = TOWN, name: str = "石桥镇", **claimed: Any) -> Path:
        """Write a request for these people; `claimed` stands in it instead of what is true."""
        honest: dict[str, Any] = {
            "card": self.card,
            "replica": replica_of(self.device.public_der),
            "division": division,
            "name": name,
            "device": self.device.public_der,
            "recipient": self.recipient,
            "practice": True,
            "own_certificates": tuple(person.own(name, division) for person in people),
        }
        path = self.folder / "request"
        path.write_bytes(trust_files.signed(Request(**honest | claimed), self.device).data)
        return path


def person(division: str = TOWN, **known: Any) -> Person:
    """Return a new person of an office."""
    return Person(uuid7(NOON, division), **known)
