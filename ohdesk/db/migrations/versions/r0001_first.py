"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _office()
    _roll()
    _registers()
    _journal()
    _draws()
    _records()
    _visits()
    _sync()
    _trust()
    _backups()


def _backups() -> None:
    op.create_table(
        "backup_made",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_backup_made")),
    )
    op.create_table(
        "backup_place",
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("folder", name=op.f("pk_backup_place")),
    )


def _office() -> None:
    op.create_table(
        "draft",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("of", sa.String(length=36), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "of", "part", name=op.f("pk_draft")),
    )
    op.create_table(
        "own_key",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_own_key")),
    )
    op.create_table(
        "own_office",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recovery_recipient", sa.String(length=80), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("takes_over", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("replica", name=op.f("pk_own_office")),
    )
    op.create_table(
        "own_power",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("inspects", sa.Boolean(), nullable=False),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_power")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("certificate_until", sa.Date(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_division"), "person", ["division"], unique=False)
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "skipped_step",
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_skipped_step")),
    )
    op.create_table(
        "account",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_account_person_person")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account")),
    )
    op.create_table(
        "retired_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_retired_certificate_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retired_certificate")),
    )
    op.create_table(
        "signing_key",
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("public_der", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("own_certificate_der", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_signing_key_person_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "key_reset",
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_key_reset_person_person")),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_key_reset")),
    )
    op.create_index(op.f("ix_key_reset_person"), "key_reset", ["person"])
    op.create_table(
        "account_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("invitation", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("signer", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_grant")),
    )
    op.create_index(op.f("ix_account_grant_account"), "account_grant", ["account"])
    op.create_table(
        "account_invitation",
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("signer", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("own_public", sa.LargeBinary(), nullable=False),
        sa.Column("own_secret", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"], name=op.f("fk_account_invitation_account_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account_invitation")),
    )


def _roll() -> None:
    op.create_table(
        "establishment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("name_key", sa.BigInteger(), nullable=False),
        sa.Column("transfer_to", sa.String(length=64), nullable=False),
        sa.Column("status_file", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state_secrets", sa.Boolean(), nullable=True),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("legal_representative", sa.Text(), nullable=False),
        sa.Column("person_in_charge", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("industry_code", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column("exposed_workers", sa.Integer(), nullable=True),
        sa.Column("dispatched_workers", sa.Integer(), nullable=True),
        sa.Column("hazards", sa.Text(), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=False),
        sa.Column("risk_scheme", sa.Text(), nullable=False),
        sa.Column("hazard_grade", sa.Text(), nullable=False),
        sa.Column("declared", sa.Boolean(), nullable=True),
        sa.Column("declared_on", sa.Date(), nullable=True),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("exam_on", sa.Date(), nullable=True),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("key_industry", sa.Text(), nullable=False),
        sa.Column("support_industry", sa.Text(), nullable=False),
        sa.Column("hearing_industry", sa.Text(), nullable=False),
        sa.Column("new_case_year", sa.Text(), nullable=False),
        sa.Column("new_case_disease", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("status_proof", sa.Text(), nullable=False),
        sa.Column("permit_no", sa.Text(), nullable=False),
        sa.Column("permit_until", sa.Date(), nullable=True),
        sa.Column("permit_scope", sa.Text(), nullable=False),
        sa.Column("devices", sa.Text(), nullable=False),
        sa.Column("professionals", sa.Integer(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment")),
    )
    op.create_index(
        op.f("ix_establishment_search"), "establishment", ["search", "id", "withdrawn", "town", "status"], unique=False
    )
    op.create_index(op.f("ix_establishment_uscc"), "establishment", ["uscc"], unique=False)
    op.create_index(op.f("ix_establishment_name_key"), "establishment", ["name_key"], unique=False)
    offered = sa.text("transfer_to != ''")
    op.create_index("ix_establishment_transfer_to", "establishment", ["transfer_to"], sqlite_where=offered)
    proved = sa.text("status_file != ''")
    op.create_index("ix_establishment_status_file", "establishment", ["status_file"], sqlite_where=proved)
    guarded = sa.text("state_secrets IS 1")
    op.create_index("ix_establishment_state_secrets", "establishment", ["state_secrets"], sqlite_where=guarded)
    numbered = sa.text("local_id != ''")
    op.create_index("ix_establishment_local_id", "establishment", ["local_id"], unique=False, sqlite_where=numbered)
    op.create_index(
        "ix_establishment_registration",
        "establishment",
        ["registration"],
        unique=False,
        sqlite_where=sa.text("registration != ''"),
    )
    op.create_table(
        "contested_field",
        sa.Column("establishment", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["establishment"], ["establishment.id"], name=op.f("fk_contested_field_establishment_establishment")
        ),
        sa.PrimaryKeyConstraint("establishment", "field", name=op.f("pk_contested_field")),
    )
    op.create_table(
        "establishment_head",
        sa.Column("establishment", sa.String(length=36), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["establishment"], ["establishment.id"], name=op.f("fk_establishment_head_establishment_establishment")
        ),
        sa.PrimaryKeyConstraint("establishment", "replica", "seq", name=op.f("pk_establishment_head")),
    )
    op.create_table(
        "proposal",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("establishment", sa.String(length=36), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("state", sa.Enum("open", "accepted", "declined", native_enum=False, length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("replica", "seq", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_establishment"), "proposal", ["establishment"], unique=False)
    op.create_table(
        "merged",
        sa.Column("establishment", sa.String(length=36), nullable=False),
        sa.Column("other", sa.String(length=36), nullable=False),
        sa.Column("into", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("establishment", name=op.f("pk_merged")),
    )
    op.create_index(op.f("ix_merged_other"), "merged", ["other"], unique=False)
    op.create_index(op.f("ix_merged_into"), "merged", ["into"], unique=False)
    op.create_table(
        "told_apart",
        sa.Column("first", sa.String(length=36), nullable=False),
        sa.Column("second", sa.String(length=36), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_told_apart")),
    )


def _registers() -> None:
    for table in ("entry", "local_entry"):
        op.create_table(
            table,
            sa.Column("id", sa.String(length=36), nullable=False),
            sa.Column("register", sa.String(length=40), nullable=False),
            sa.Column("number", sa.Text(), nullable=False),
            sa.Column("state", sa.String(length=40), nullable=False),
            sa.Column("establishment", sa.String(length=36), nullable=False),
            sa.Column("person", sa.String(length=36), nullable=False),
            sa.Column("opened_on", sa.Date(), nullable=True),
            sa.Column("next_due", sa.Date(), nullable=True),
            sa.Column("counted", sa.Boolean(), nullable=False),
            sa.Column("withdrawn", sa.Boolean(), nullable=False),
            sa.Column("division", sa.String(length=9), nullable=False),
            sa.Column("search", sa.Text(), nullable=False),
            sa.Column("values", sa.JSON(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_register", table, ["register", "id", "withdrawn", "state"], unique=False)
        op.create_index(f"ix_{table}_next_due", table, ["register", "next_due", "id"], unique=False)
        op.create_index(f"ix_{table}_number", table, ["register", "number"], unique=False)
        op.create_index(f"ix_{table}_establishment", table, ["establishment", "register"], unique=False)
        fresh = sa.text("counted IS 0")
        op.create_index(f"ix_{table}_counted", table, ["register"], unique=False, sqlite_where=fresh)
    op.create_table(
        "contested_entry_field",
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_contested_entry_field_entry_entry")),
        sa.PrimaryKeyConstraint("entry", "field", name=op.f("pk_contested_entry_field")),
    )
    op.create_table(
        "local_operation",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(length=36), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_local_operation")),
    )
    op.create_index(op.f("ix_local_operation_record"), "local_operation", ["record"], unique=False)
    op.create_index(op.f("ix_local_operation_batch"), "local_operation", ["batch"], unique=False)


def _journal() -> None:
    op.create_table(
        "local_head",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sum", sa.LargeBinary(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_local_head")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "operation",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("first_hash", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("set_aside", sa.Text(), nullable=False),
        sa.Column("outdone", sa.Boolean(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("blobs", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("replica", "seq", name=op.f("pk_operation")),
    )
    op.create_index(op.f("ix_operation_batch"), "operation", ["batch"], unique=False)
    op.create_index("ix_operation_record", "operation", ["record", "replica", "seq"], unique=False)
    issued_again = sa.text("first_hash != ''")
    op.create_index("ix_operation_first_hash", "operation", ["first_hash"], unique=False, sqlite_where=issued_again)
    aside = sa.text("set_aside != ''")
    with_blobs = sa.text("blobs != ''")
    op.create_index("ix_operation_blobs", "operation", ["replica", "seq"], unique=False, sqlite_where=with_blobs)
    op.create_index("ix_operation_set_aside", "operation", ["replica", "seq"], unique=False, sqlite_where=aside)
    op.create_table(
        "replica_head",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.PrimaryKeyConstraint("replica", name=op.f("pk_replica_head")),
    )


def _draws() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("plan", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("pool_sha256", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=8), nullable=False),
        sa.Column("minutes", sa.JSON(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("package_sha256", sa.String(length=64), nullable=False),
        sa.Column("committed_at", sa.String(length=20), nullable=False),
        sa.Column("computed_at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["replica", "seq"], ["operation.replica", "operation.seq"], name=op.f("fk_draw_replica_operation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
    )
    op.create_index(op.f("ix_draw_division"), "draw", ["division"], unique=False)
    op.create_table(
        "draw_sheet",
        sa.Column("draw", sa.String(length=36), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("side_file", sa.Text(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("nonces", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_sheet_draw_draw")),
        sa.PrimaryKeyConstraint("draw", name=op.f("pk_draw_sheet")),
    )
    op.create_table(
        "frozen_piece",
        sa.Column("draw", sa.String(length=36), nullable=False),
        sa.Column("file", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw"],
            ["draw_sheet.draw"],
            name=op.f("fk_frozen_piece_draw_draw_sheet"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("draw", "file", "place", name=op.f("pk_frozen_piece")),
    )


def _records() -> None:
    op.create_table(
        "record",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("establishment", sa.String(length=36), nullable=False),
        sa.Column("establishment_name", sa.Text(), nullable=False),
        sa.Column("listed_under", sa.String(length=36), nullable=False),
        sa.Column("draw", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("off_site", sa.Boolean(), nullable=False),
        sa.Column("signed_in", sa.Enum("electronic", "ink", "ink_late", native_enum=False, length=20), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("outcome_name", sa.Text(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=False),
        sa.Column("finalized_at", sa.String(length=20), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replica", "seq"], ["operation.replica", "operation.seq"], name=op.f("fk_record_replica_operation")
        ),
        sa.PrimaryKeyConstraint("visit", name=op.f("pk_record")),
    )
    op.create_index(op.f("ix_record_establishment"), "record", ["establishment"], unique=False)
    op.create_index(op.f("ix_record_listed_under"), "record", ["listed_under"], unique=False)
    op.create_index(op.f("ix_record_division"), "record", ["division"], unique=False)
    op.create_index("ix_record_finalized_at", "record", ["finalized_at", "visit"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["record.visit"], name=op.f("fk_amendment_visit_record")),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_visit"), "amendment", ["visit"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("disposal", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["visit"], ["record.visit"], name=op.f("fk_finding_visit_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_visit"), "finding", ["visit"], unique=False)
    op.create_table(
        "record_paper",
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("later", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replica", "seq"], ["operation.replica", "operation.seq"], name=op.f("fk_record_paper_replica_operation")
        ),
        sa.ForeignKeyConstraint(["visit"], ["record.visit"], name=op.f("fk_record_paper_visit_record")),
        sa.PrimaryKeyConstraint("visit", "pdf_sha256", name=op.f("pk_record_paper")),
    )
    op.create_table(
        "record_answer",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["record.visit"], name=op.f("fk_record_answer_visit_record")),
        sa.PrimaryKeyConstraint("visit", "question", name=op.f("pk_record_answer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record_inspector",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("seat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["record.visit"], name=op.f("fk_record_inspector_visit_record")),
        sa.PrimaryKeyConstraint("visit", "seat", name=op.f("pk_record_inspector")),
    )
    op.create_table(
        "pdf_signer",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("visit", "pdf_sha256", "key", name=op.f("pk_pdf_signer")),
    )
    op.create_table(
        "pdf_verdict",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("together", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("program", sa.String(length=20), nullable=False),
        sa.Column("certificates", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("visit", "pdf_sha256", name=op.f("pk_pdf_verdict")),
    )
    op.create_index(op.f("ix_pdf_verdict_together"), "pdf_verdict", ["together"], unique=False)
    op.create_table(
        "record_photo",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["record.visit"], name=op.f("fk_record_photo_visit_record")),
        sa.PrimaryKeyConstraint("visit", "number", name=op.f("pk_record_photo")),
    )
    announced, photo = sa.text("sha256 = ''"), ["visit", "number"]
    op.create_index("ix_record_photo_announced", "record_photo", photo, unique=False, sqlite_where=announced)
    op.create_table(
        "finding_duty",
        sa.Column("finding", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["finding"], ["finding.id"], name=op.f("fk_finding_duty_finding_finding")),
        sa.PrimaryKeyConstraint("finding", "position", name=op.f("pk_finding_duty")),
    )
    op.create_table(
        "page_photo",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["visit", "page"],
            ["record_paper.visit", "record_paper.pdf_sha256"],
            name=op.f("fk_page_photo_visit_record_paper"),
        ),
        sa.PrimaryKeyConstraint("visit", "page", "number", name=op.f("pk_page_photo")),
    )


def _visits() -> None:
    op.create_table(
        "form_edition",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_form_edition")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("establishment", sa.String(length=36), nullable=False),
        sa.Column("draw", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_reason", sa.Text(), nullable=False),
        sa.Column("task", sa.JSON(), nullable=False),
        sa.Column("technicians", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("partner_results", sa.JSON(), nullable=False),
        sa.Column("tasks_done", sa.JSON(), nullable=False),
        sa.Column("approval", sa.JSON(), nullable=True),
        sa.Column("start", sa.JSON(), nullable=True),
        sa.Column("ending", sa.JSON(), nullable=True),
        sa.Column("leaving", sa.JSON(), nullable=True),
        sa.Column("fair_copy", sa.JSON(), nullable=True),
        sa.Column("cancelled", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_visit_draw_draw")),
        sa.ForeignKeyConstraint(
            ["establishment"], ["establishment.id"], name=op.f("fk_visit_establishment_establishment")
        ),
        sa.ForeignKeyConstraint(
            ["form_sha256"], ["form_edition.sha256"], name=op.f("fk_visit_form_sha256_form_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_establishment"), "visit", ["establishment"], unique=False)
    op.create_index(op.f("ix_visit_state"), "visit", ["state"], unique=False)
    op.create_table(
        "answer",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("disposal", sa.Text(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bulk", sa.Boolean(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_answer_visit_visit")),
        sa.PrimaryKeyConstraint("visit", "seq", name=op.f("pk_answer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "last_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=True),
        sa.Column("establishment", sa.String(length=36), nullable=True),
        sa.Column("page", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["establishment"], ["establishment.id"], name=op.f("fk_last_stop_establishment_establishment")
        ),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_last_stop_visit_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_last_stop")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("shot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_error", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.String(length=20), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("masks", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("cleared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_photo_visit_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("visit", "number", name=op.f("uq_photo_visit")),
    )
    op.create_index(op.f("ix_photo_original_sha256"), "photo", ["original_sha256"], unique=False)
    op.create_table(
        "visit_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.String(length=20), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_visit_file_visit_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_file")),
    )
    op.create_index(op.f("ix_visit_file_visit"), "visit_file", ["visit"], unique=False)
    op.create_table(
        "re_inspection",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("finding", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_re_inspection_visit_visit")),
        sa.PrimaryKeyConstraint("visit", "finding", name=op.f("pk_re_inspection")),
    )
    op.create_index(op.f("ix_re_inspection_finding"), "re_inspection", ["finding"], unique=False)
    op.create_table(
        "self_check",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("filled_by", sa.Text(), nullable=False),
        sa.Column("filled_on", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_sha256"], ["form_edition.sha256"], name=op.f("fk_self_check_form_sha256_form_edition")
        ),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_self_check_visit_visit")),
        sa.PrimaryKeyConstraint("visit", name=op.f("pk_self_check")),
    )
    op.create_table(
        "visit_member",
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("assists", sa.Boolean(), nullable=False),
        sa.Column("seat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_visit_member_person_person")),
        sa.ForeignKeyConstraint(["visit"], ["visit.id"], name=op.f("fk_visit_member_visit_visit")),
        sa.PrimaryKeyConstraint("visit", "assists", "seat", name=op.f("pk_visit_member")),
    )
    op.create_index(op.f("ix_visit_member_person"), "visit_member", ["person"], unique=False)


def _sync() -> None:
    op.create_table(
        "bundle_in",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("bundle_seq", sa.Integer(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("set", sa.String(length=16), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=20), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("blobs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_bundle_in")),
    )
    op.create_index(op.f("ix_bundle_in_replica"), "bundle_in", ["replica"], unique=False)
    op.create_table(
        "bundle_out",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("head_sha256", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.Column("blobs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_bundle_out")),
    )
    op.create_table(
        "unwritten_volume",
        sa.Column("set", sa.String(length=16), nullable=False),
        sa.Column("i", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.String(length=16), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("blobs", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("set", "i", name=op.f("pk_unwritten_volume")),
    )
    op.create_table(
        "county_recipient",
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_county_recipient")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "peer",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("age_recipient", sa.String(length=80), nullable=False),
        sa.Column("acked", sa.Integer(), nullable=False),
        sa.Column("acked_hash", sa.String(length=64), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("replica", name=op.f("pk_peer")),
    )
    op.create_table(
        "peer_missing",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["replica"], ["peer.replica"], name=op.f("fk_peer_missing_replica_peer")),
        sa.PrimaryKeyConstraint("replica", "sha256", name=op.f("pk_peer_missing")),
    )
    op.create_table(
        "peer_refused",
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["replica"], ["peer.replica"], name=op.f("fk_peer_refused_replica_peer")),
        sa.PrimaryKeyConstraint("replica", "seq", name=op.f("pk_peer_refused")),
    )
    op.create_table(
        "quarantined_bundle",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_quarantined_bundle")),
    )


def _trust() -> None:
    op.create_table(
        "certificate",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("replica", sa.String(length=16), nullable=False),
        sa.Column("division", sa.String(length=9), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("takes_over", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.String(length=4), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_certificate")),
    )
    op.create_index(op.f("ix_certificate_key"), "certificate", ["key"], unique=False)
    op.create_index(op.f("ix_certificate_person"), "certificate", ["person"], unique=False)
    op.create_index(op.f("ix_certificate_division"), "certificate", ["division"], unique=False)
    op.create_table(
        "revocation",
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_revocation")),
    )
    op.create_index(op.f("ix_revocation_key"), "revocation", ["key"], unique=False)
    op.create_table(
        "lifted_revocation",
        sa.Column("revocation", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("revocation", name=op.f("pk_lifted_revocation")),
    )
