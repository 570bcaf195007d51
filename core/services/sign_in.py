"""All SQL about where somebody is signed in, and how often it failed."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from core.models import SignIn, SignInFailure, User
from core.services.rows import page_of


class SignInCRUD:
    """Create, find, list and end sign-ins; tokens come in hashed."""

    @staticmethod
    def create(
        db: Session,
        *,
        user_id: int,
        token_hash: str,
        expires_at: datetime,
        needs_code: bool = False,
        address: str | None = None,
        user_agent: str | None = None,
    ) -> SignIn:
        sign_in = SignIn(
            user_id=user_id,
            token_hash=token_hash,
            needs_code=needs_code,
            expires_at=expires_at,
            address=address,
            user_agent=(user_agent or "")[:512] or None,
        )
        db.add(sign_in)
        db.flush()
        return sign_in

    @staticmethod
    def get_valid(db: Session, token_hash: str, now: datetime) -> SignIn | None:
        """The sign-in of this token with its user, unless it has run out or the account is switched off."""
        query = (
            select(SignIn)
            .join(SignIn.user)
            .where(SignIn.token_hash == token_hash, SignIn.expires_at > now, User.is_active)
            .options(joinedload(SignIn.user))
        )
        return db.scalar(query)

    @staticmethod
    def get_by_user(db: Session, user_id: int, skip: int = 0, limit: int = 50) -> tuple[list[SignIn], int]:
        """Where an account is signed in, most recently seen first."""
        query = (
            select(SignIn)
            .where(SignIn.user_id == user_id, SignIn.needs_code.is_(False))
            .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        )
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def delete(db: Session, user_id: int, sign_in_id: int) -> bool:
        """End one of an account's sign-ins; False when it has no such one."""
        ended = db.execute(
            delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).returning(SignIn.id)
        )
        return ended.first() is not None

    @staticmethod
    def delete_all(db: Session, user_id: int, *, but_for: int | None = None) -> list[int]:
        """Sign an account out everywhere, but for one; returns the ids that ended."""
        query = delete(SignIn).where(SignIn.user_id == user_id).returning(SignIn.id)
        if but_for is not None:
            query = query.where(SignIn.id != but_for)
        return list(db.scalars(query))

    @staticmethod
    def delete_expired(db: Session, now: datetime) -> None:
        """Forget what nobody can use any more."""
        db.execute(delete(SignIn).where(SignIn.expires_at <= now))
        db.execute(delete(SignInFailure).where(SignInFailure.last_failed_at <= now - timedelta(days=2)))


class SignInFailureCRUD:
    """Count failures in a row, by ``user:NAME`` and ``address:IP``."""

    @staticmethod
    def get(db: Session, subject: str) -> SignInFailure | None:
        return db.get(SignInFailure, subject, with_for_update=True)

    @staticmethod
    def set(db: Session, subject: str, failures: int, at: datetime) -> None:
        """Say how often it failed in a row; 0 forgets."""
        row = db.get(SignInFailure, subject)
        if failures <= 0:
            if row is not None:
                db.delete(row)
        elif row is None:
            db.add(SignInFailure(subject=subject, failures=failures, last_failed_at=at))
        else:
            row.failures, row.last_failed_at = failures, at
        db.flush()
