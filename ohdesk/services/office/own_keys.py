"""The keys of this workspace itself: what its device signs with, what bundles are sealed to, and the county's root."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import KeyPurpose, OwnKey
from ohdesk.security import vault
from ohdesk.security.signing_keys import DeviceKey, PersonKey, age_recipient, new_age_identity, replica_of

ROOT_OWNER = "root"
_AGE = b"age"


def at_rest(database_key: bytes) -> bytes:
    """Return the key (32 bytes) under which the secrets of a workspace lie in its database."""
    return vault.derive(database_key, "own keys")


def put_device_key(session: Session, database_key: bytes) -> str:
    """Make a device key, in the place of the one there may be, and return the replica that follows from it."""
    # Made here, not given out: a laptop is set up where nobody can be asked.
    device = DeviceKey.create()
    replica = replica_of(device.public_der)
    secret = device.wrap(at_rest(database_key), replica)
    session.merge(OwnKey(purpose=KeyPurpose.DEVICE, public=device.public_der, secret=secret, certificate_der=b""))
    return replica


def put_age_key(session: Session, database_key: bytes) -> None:
    """Make the key that bundles for this workspace are sealed with, in the place of the one there may be."""
    age = new_age_identity()
    secret = vault.seal(at_rest(database_key), age.encode("ascii"), _AGE)
    session.merge(OwnKey(purpose=KeyPurpose.AGE, public=age_recipient(age).encode("ascii"), secret=secret))


def rewrap(session: Session, replica: str, old: bytes, new: bytes) -> None:
    """Put the secrets under another database key; the keys stay the same."""
    before, after = at_rest(old), at_rest(new)
    for row in session.scalars(select(OwnKey).where(OwnKey.secret != b"")):
        if row.purpose is KeyPurpose.DEVICE:
            row.secret = DeviceKey.unwrap(row.secret, before, replica).wrap(after, replica)
        elif row.purpose is KeyPurpose.ROOT:
            row.secret = PersonKey.unwrap(row.secret, before, ROOT_OWNER).wrap(after, ROOT_OWNER)
        else:
            row.secret = vault.seal(after, vault.unseal(before, row.secret, _AGE), _AGE)
