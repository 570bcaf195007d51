"""All SQL about API tokens."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.models import ApiToken, User
from core.schemas.api_token import ApiTokenCreate
from core.services.rows import add_row, delete_row, page_of


class ApiTokenCRUD:
    """Create, find, list and delete tokens. The caller hashes tokens."""

    @staticmethod
    def create(db: Session, user_id: int, data: ApiTokenCreate, token_hash: str) -> ApiToken:
        given = data.model_dump() | {"scopes": [str(scope) for scope in dict.fromkeys(data.scopes)]}
        return add_row(db, ApiToken(user_id=user_id, token_hash=token_hash, **given))

    @staticmethod
    def get_valid(db: Session, token_hash: str, now: datetime) -> ApiToken | None:
        """Return the token with its user, unless it has expired or the account is disabled."""
        query = (
            select(ApiToken)
            .join(ApiToken.user)
            .where(
                ApiToken.token_hash == token_hash,
                ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now),
                User.is_active,
            )
            .options(joinedload(ApiToken.user))
        )
        return db.scalar(query)

    @staticmethod
    def get_all(db: Session, user_id: int | None = None, skip: int = 0, limit: int = 50) -> tuple[list[ApiToken], int]:
        """Return a page of the tokens of one account, or of all if None, with users, newest first, and the total."""
        query = select(ApiToken).options(joinedload(ApiToken.user)).order_by(ApiToken.id.desc())
        return page_of(db, query, skip=skip, limit=limit, user_id=user_id)

    @staticmethod
    def delete(db: Session, token_id: int) -> bool:
        """Delete a token; returns False if it does not exist."""
        return delete_row(db, db.get(ApiToken, token_id))
