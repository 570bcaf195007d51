"""All SQL about sign-ins and failed attempts."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from core.models import SignIn, SignInFailure, User
from core.services.bulk import insert_new
from core.services.rows import add_row, page_of


class SignInCRUD:
    """Create, find, list and end sign-ins. The caller hashes tokens."""

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
        return add_row(db, sign_in)

    @staticmethod
    def get_valid(db: Session, token_hash: str, now: datetime) -> SignIn | None:
        """Return the sign-in of this token with its user, unless it has expired or the account is disabled."""
        query = (
            select(SignIn)
            .join(SignIn.user)
            .where(SignIn.token_hash == token_hash, SignIn.expires_at > now, User.is_active)
            .options(joinedload(SignIn.user))
        )
        return db.scalar(query)

    @staticmethod
    def is_there(db: Session, user_id: int, sign_in_id: int) -> bool:
        """Return whether the account has this sign-in."""
        query = select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.user_id == user_id)
        return db.scalar(query) is not None

    @staticmethod
    def get_by_user(db: Session, user_id: int, skip: int = 0, limit: int = 50) -> tuple[list[SignIn], int]:
        """Return a page of an account's sign-ins, most recently seen first, and the total."""
        query = (
            select(SignIn)
            .where(SignIn.user_id == user_id, SignIn.needs_code.is_(False))
            .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        )
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def delete(db: Session, user_id: int, sign_in_id: int) -> bool:
        """End one of an account's sign-ins; returns False if it does not exist."""
        ended = db.execute(
            delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).returning(SignIn.id)
        )
        return ended.first() is not None

    @staticmethod
    def delete_all(db: Session, user_id: int, *, but_for: int | None = None) -> list[int]:
        """End all sign-ins of an account except one; return the ids of the ended ones."""
        query = delete(SignIn).where(SignIn.user_id == user_id).returning(SignIn.id)
        if but_for is not None:
            query = query.where(SignIn.id != but_for)
        return list(db.scalars(query))

    @staticmethod
    def delete_expired(db: Session, now: datetime) -> None:
        """Delete expired sign-ins and old failures."""
        db.execute(delete(SignIn).where(SignIn.expires_at <= now))
        db.execute(delete(SignInFailure).where(SignInFailure.last_failed_at <= now - timedelta(days=2)))


class SignInFailureCRUD:
    """Count consecutive failures by ``user:NAME`` and ``address:IP``."""

    @staticmethod
    def get(db: Session, subject: str) -> SignInFailure | None:
        return db.get(SignInFailure, subject, with_for_update=True)

    @staticmethod
    def lock(db: Session, subject: str, now: datetime) -> SignInFailure | None:
        """Return the row, created without failures if there is none. Other transactions wait until this one ends."""
        new = {"subject": subject, "failures": 0, "last_failed_at": now}
        insert_new(db, SignInFailure, [new], unique=("subject",))
        return SignInFailureCRUD.get(db, subject)

    @staticmethod
    def set(db: Session, subject: str, failures: int, at: datetime) -> None:
        """Store the number of consecutive failures; 0 deletes the row."""
        row = db.get(SignInFailure, subject)
        if failures <= 0:
            if row is not None:
                db.delete(row)
        elif row is None:
            db.add(SignInFailure(subject=subject, failures=failures, last_failed_at=at))
        else:
            row.failures, row.last_failed_at = failures, at
        db.flush()
