"""Stores display preferences of accounts. The browser keeps those of readers without an account."""

from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from core.database import in_session
from core.errors import InvalidInput
from core.schemas import explain
from core.schemas.preference import ColumnChoice
from core.services import PreferenceCRUD
from dashboard.current_actor import current_actor

COLUMNS = "waterfall.columns"


def columns(db: Session) -> dict[str, Any] | None:
    """Return the actor's choice of waterfall columns; None before they chose."""
    user_id = current_actor().user_id
    return None if user_id is None else PreferenceCRUD.get(db, user_id, COLUMNS)


async def keep_columns(fields: Any) -> None:
    """Store the actor's choice of waterfall columns.

    Raises:
        InvalidInput: It is not a valid choice of columns.
    """
    try:
        choice = ColumnChoice.model_validate(fields)
    except ValidationError as error:
        raise InvalidInput(f"These columns cannot be saved. {explain(error)}") from error
    user_id = current_actor().user_id
    if user_id is not None:
        await in_session(PreferenceCRUD.put, user_id, COLUMNS, choice.model_dump(by_alias=True))
