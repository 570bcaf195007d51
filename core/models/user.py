"""Accounts and their sign-ins."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import utc_now
from core.models.base import Base, CreatedAndUpdatedAt, CreatedAt
from core.models.enums import Role


class User(CreatedAndUpdatedAt, Base):
    """An account of a person."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    """The name for signing in, in lower case; may be an e-mail address."""
    role: Mapped[Role] = mapped_column(Enum(Role, validate_strings=True))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """Argon2id in the PHC string format; None for an account that uses OpenID Connect."""
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    """False for a disabled account, with which nobody can sign in."""
    totp_secret: Mapped[str | None] = mapped_column(Text)
    """Sealed (`core.sealing`); None without two-step sign-in."""
    totp_used_step: Mapped[int | None]
    """The time step of the last accepted code, so that each code works once (RFC 6238, 5.2)."""
    recovery_codes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """SHA-256 of each unused code."""
    oidc_subject: Mapped[str | None] = mapped_column(String(512), unique=True)
    """Issuer and ``sub`` claim (OpenID Connect Core 1.0, 2), separated by a space."""
    last_sign_in_at: Mapped[datetime | None]

    sign_ins: Mapped[list["SignIn"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )

    def __repr__(self) -> str:
        return f"<User {self.id} {self.name!r}: {self.role}>"


class SignIn(CreatedAt, Base):
    """A sign-in of a browser, identified by the token in its cookie."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index(None, "user_id"),  # the sign-ins of an account; its cascade
        Index(None, "expires_at"),  # deleting expired ones
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the cookie's token, so that a reader of the store cannot use it."""
    needs_code: Mapped[bool] = mapped_column(Boolean, default=False)
    """True between the password and the code of two-step sign-in, when nothing is accessible yet."""
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(512))

    user: Mapped[User] = relationship(back_populates="sign_ins", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<SignIn {self.id} of user {self.user_id}>"


class SignInFailure(Base):
    """Recent failed sign-ins by account and by address, to slow down guessing."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[str] = mapped_column(String(320), primary_key=True)
    """``user:NAME`` or ``address:IP``."""
    failures: Mapped[int]
    """The number of consecutive failures."""
    last_failed_at: Mapped[datetime]
