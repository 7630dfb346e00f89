"""What all tables share: the naming of constraints, and how instants, states and whole values are kept."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# Batch migrations on SQLite can only drop constraints that have names.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The tables of a workspace."""

    metadata = MetaData(naming_convention=NAMING)


class Shared(Base):
    """The tables whose rows follow from operations and so are the same in every office; only `db.apply` writes them."""

    __abstract__ = True


class Instant(TypeDecorator[datetime]):
    """An aware instant; SQLite keeps it as naive UTC, PostgreSQL as `timestamptz`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        # SQLite drops the zone of what it is given, PostgreSQL keeps it.
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Held(TypeDecorator[Any]):
    """A frozen value of the domain that is written and read as a whole, as JSON; None where there is none."""

    # Else None would be stored as the text "null", and `IS NULL` find nothing.
    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: type[Any]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else msgspec.to_builtins(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else msgspec.convert(value, self.kind)


class Names(TypeDecorator[tuple[str, ...]]):
    """Hashes or names of operations in a fixed order, as one text: they hold no space."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return " ".join(value or ())

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(value.split()) if value else ()


def state_of(kind: type[StrEnum]) -> Enum:
    """Return the type of a column that holds one of the states or roles of `kind`, as its word; another is refused."""
    return Enum(kind, native_enum=False, length=20, validate_strings=True, values_callable=_words)


def _words(kind: type[StrEnum]) -> list[str]:
    return [each.value for each in kind]
