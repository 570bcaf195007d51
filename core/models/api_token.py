"""API tokens, with which programs authenticate."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAt
from core.models.user import User


class ApiToken(CreatedAt, Base):
    """A named token of an account. It allows what both the account's role and the token's scopes allow."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        Index(None, "user_id"),  # the tokens of an account; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token. The token itself is shown once and not stored."""
    scopes: Mapped[list[str]] = mapped_column(JSON)
    """`core.schemas.api_token.Scope`: read, write, debug."""
    expires_at: Mapped[datetime | None]
    """None if the token does not expire."""
    last_used_at: Mapped[datetime | None]
    """Accurate to a minute, because writing it at every request would cost more than the request."""

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<ApiToken {self.id} {self.name!r} of user {self.user_id}>"
