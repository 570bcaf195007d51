"""What a program signs in with."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAt
from core.models.user import User


class ApiToken(CreatedAt, Base):
    """A named token of an account: it may do at most what the account and its scopes both allow."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        Index(None, "user_id"),  # the tokens of an account; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token, which is shown once and kept nowhere."""
    scopes: Mapped[list[str]] = mapped_column(JSON)
    """`core.schemas.api_token.Scope`: read, write, debug."""
    expires_at: Mapped[datetime | None]
    """None: until it is deleted."""
    last_used_at: Mapped[datetime | None]
    """To the minute: writing it down at every request would cost more than the request."""

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<ApiToken {self.id} {self.name!r} of user {self.user_id}>"
