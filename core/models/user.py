"""Who may sign in, and where each of them is signed in."""

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
    """What the person signs in with, in lower case; an e-mail address will do."""
    role: Mapped[Role] = mapped_column(Enum(Role, validate_strings=True))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    """Argon2id in the PHC string format; None for one who signs in elsewhere (OpenID Connect)."""
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    """False: the account is kept, and nobody can sign in with it."""
    totp_secret: Mapped[str | None] = mapped_column(Text)
    """Sealed (`core.sealing`); None without two-step sign-in."""
    totp_used_step: Mapped[int | None]
    """The time step of the last code that was taken (RFC 6238, 5.2): a code works once."""
    recovery_codes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """SHA-256 of each code that is still unused."""
    oidc_subject: Mapped[str | None] = mapped_column(String(512), unique=True)
    """Issuer and ``sub`` claim (OpenID Connect Core 1.0, 2), separated by a blank."""
    last_sign_in_at: Mapped[datetime | None]

    sign_ins: Mapped[list["SignIn"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True, lazy="raise"
    )

    def __repr__(self) -> str:
        return f"<User {self.id} {self.name!r}: {self.role}>"


class SignIn(CreatedAt, Base):
    """A browser in which somebody is signed in, known by the token in its cookie."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index(None, "user_id"),  # where somebody is signed in; its cascade
        Index(None, "expires_at"),  # deleting those that have run out
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the cookie's token: who reads the store cannot sign in with it."""
    needs_code: Mapped[bool] = mapped_column(Boolean, default=False)
    """True between the password and the code of two-step sign-in: nothing is open yet."""
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(512))

    user: Mapped[User] = relationship(back_populates="sign_ins", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<SignIn {self.id} of user {self.user_id}>"


class SignInFailure(Base):
    """How often signing in has failed of late, by account and by address, so that guessing gets slow."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[str] = mapped_column(String(320), primary_key=True)
    """``user:NAME`` or ``address:IP``."""
    failures: Mapped[int]
    """In a row, without a success in between."""
    last_failed_at: Mapped[datetime]
