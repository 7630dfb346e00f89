"""The fingerprint of everything shared that a workspace holds."""

from ohdesk.db.queries.digest import shown_digest, state_digest
from ohdesk.services.context import Context


def digest(ctx: Context) -> str:
    """Return the fingerprint of everything shared that this workspace holds."""
    with ctx.reading() as session:
        return state_digest(session)


def shown(ctx: Context) -> str:
    """Return the digest of what shows, which is as before once something was taken back."""
    with ctx.reading() as session:
        return shown_digest(session)
