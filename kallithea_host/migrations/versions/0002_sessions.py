"""Sessions of the account page."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sessions",
        sa.Column("session_id", ID, primary_key=True, autoincrement=True),
        sa.Column(
            "user_id",
            ID,
            sa.ForeignKey("users.user_id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("created_on", sa.DateTime(), nullable=False),
        sa.Column("seen_on", sa.DateTime(), nullable=False),
        sa.Column("notice", TEXT, nullable=False, server_default=""),
        sa.Column("shown_key_id", ID, sa.ForeignKey("api_keys.key_id", ondelete="SET NULL")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("sessions")
