"""The first schema."""

from alembic import op

from ohdesk.db.models import Base

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    Base.metadata.create_all(op.get_bind())
