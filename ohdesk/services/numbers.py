"""What stands before the serial of every number given here, so that no two laptops of one town give the same."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohdesk.db.models import KeyPurpose, OwnKey
from ohdesk.security import certificates
from ohdesk.services.context import Context

_DIGITS_OF_REPLICA = 4


def before_serial(ctx: Context, session: Session) -> str:
    """Return what stands before a serial: nothing on a town's first laptop, "B" on the second; uncertified "3fa2-".

    The county gives the letter with the certificate of the device.  Until then the laptop cannot know whether it is the
    only one, so the first digits of its replica stand there.
    """
    der = session.scalar(select(OwnKey.certificate_der).where(OwnKey.purpose == KeyPurpose.DEVICE))
    if not der:
        return f"{ctx.office.replica[:_DIGITS_OF_REPLICA]}-"
    mark = certificates.device_of(der).mark
    # Most towns have one laptop, whose papers carry the usual number: year and serial.
    return "" if mark == certificates.FIRST_MARK else mark
