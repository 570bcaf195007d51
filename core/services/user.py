"""All SQL about accounts."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.errors import AlreadyExists, InvalidInput
from core.models import Role, User
from core.schemas.user import UserUpdate
from core.services.rows import add_row, apply_changes, delete_row, page_of, require_row


class UserCRUD:
    """Create, read, update and delete accounts. The caller hashes passwords."""

    @staticmethod
    def create(
        db: Session, *, name: str, role: Role, password_hash: str | None = None, oidc_subject: str | None = None
    ) -> User:
        """Store an account.

        Raises:
            AlreadyExists: An account has this name.
        """
        _refuse_duplicate(db, name)
        return add_row(db, User(name=name, role=role, password_hash=password_hash, oidc_subject=oidc_subject))

    @staticmethod
    def get_locked(db: Session, user_id: int) -> User | None:
        """Return the account, which no other transaction changes before this one ends."""
        return db.get(User, user_id, with_for_update=True)

    @staticmethod
    def get_by_name(db: Session, name: str) -> User | None:
        return db.scalar(select(User).where(User.name == name.strip().lower()))

    @staticmethod
    def get_by_oidc_subject(db: Session, subject: str) -> User | None:
        return db.scalar(select(User).where(User.oidc_subject == subject))

    @staticmethod
    def get_all(db: Session, skip: int = 0, limit: int = 50) -> tuple[list[User], int]:
        """Return a page of accounts by name, and the total."""
        return page_of(db, select(User).order_by(User.name), skip=skip, limit=limit)

    @staticmethod
    def first_administrator(db: Session) -> User | None:
        """Return the oldest administrator who can sign in."""
        query = select(User).where(User.role == Role.ADMINISTRATOR, User.is_active).order_by(User.id).limit(1)
        return db.scalar(query)

    @staticmethod
    def are_there(db: Session) -> bool:
        """Return whether any account exists. If not, the first visitor creates the administrator."""
        return db.scalar(select(User.id).limit(1)) is not None

    @staticmethod
    def wait_for_others(db: Session) -> None:
        """Block other transactions from adding accounts until this one ends; SQLite does this by itself."""
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))

    @staticmethod
    def update(db: Session, user_id: int, data: UserUpdate) -> User:
        """Apply *data* and return the account.

        Raises:
            NotFound: There is no such account.
            AlreadyExists: Another account has this name.
            InvalidInput: No administrator would be left.
        """
        user = require_row(db, User, user_id)
        changes = data.model_dump(exclude_unset=True, exclude_none=True)
        if changes.get("name", user.name) != user.name:
            _refuse_duplicate(db, changes["name"])
        stays = changes.get("role", user.role) == Role.ADMINISTRATOR and changes.get("is_active", user.is_active)
        if not stays:
            _keep_an_administrator(db, user)
        apply_changes(user, changes)
        db.flush()
        return user

    @staticmethod
    def delete(db: Session, user_id: int) -> bool:
        """Delete an account with its tokens and sign-ins; returns False if it does not exist.

        Raises:
            InvalidInput: No administrator would be left.
        """
        user = db.get(User, user_id)
        if user is not None:
            _keep_an_administrator(db, user)
        return delete_row(db, user)


def _refuse_duplicate(db: Session, name: str) -> None:
    if UserCRUD.get_by_name(db, name) is not None:
        raise AlreadyExists.of("name", f"An account {name} already exists.")


def _keep_an_administrator(db: Session, user: User) -> None:
    if user.role != Role.ADMINISTRATOR or not user.is_active:
        return
    others = select(func.count()).where(User.role == Role.ADMINISTRATOR, User.is_active, User.id != user.id)
    if not db.scalar(others):
        raise InvalidInput(f"{user.name} is the only administrator. Make another account an administrator first.")
