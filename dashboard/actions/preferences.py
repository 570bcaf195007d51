"""What people choose for their own screens; who has no account has it kept by their browser alone."""

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
    """The waterfall's columns as who acts chose them; None before they did."""
    user_id = current_actor().user_id
    return None if user_id is None else PreferenceCRUD.get(db, user_id, COLUMNS)


async def keep_columns(given: Any) -> None:
    """Keep the waterfall's columns for who acts.

    Raises:
        InvalidInput: It is no choice of columns.
    """
    try:
        choice = ColumnChoice.model_validate(given)
    except ValidationError as error:
        raise InvalidInput(f"These columns cannot be kept. {explain(error)}") from error
    user_id = current_actor().user_id
    if user_id is not None:
        await in_session(PreferenceCRUD.put, user_id, COLUMNS, choice.model_dump(by_alias=True))
