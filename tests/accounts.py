"""An administrator who is signed in: what a test needs that is not about accounts."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext
from sqlalchemy.orm import Session

from core import database
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.models import Role
from core.schemas import ApiTokenCreate, Scope
from core.services import ApiTokenCRUD, SignInCRUD, UserCRUD
from dashboard.access import COOKIE
from tests import sqlite

NAME = "ada"
COOKIE_TOKEN = "the-browser-of-ada"
API_TOKEN = "ww_the-program-of-ada"
HEADERS = {"Authorization": f"Bearer {API_TOKEN}"}


def let_in(db: Session) -> None:
    """Make the administrator, signed in with `COOKIE_TOKEN`, and `API_TOKEN` with every scope; once."""
    if UserCRUD.are_there(db):
        return
    user = UserCRUD.create(db, name=NAME, role=Role.ADMINISTRATOR)
    SignInCRUD.create(
        db, user_id=user.id, token_hash=token_hash(COOKIE_TOKEN), expires_at=utc_now() + timedelta(days=1)
    )
    token = ApiTokenCreate(name="tests", scopes=list(Scope))
    ApiTokenCRUD.create(db, user.id, token, token_hash(API_TOKEN))


def let_in_to(store_url: str) -> None:
    """`let_in` on the store at this address, which is migrated first."""
    engine = database.make_engine(store_url)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file).exists():
        sqlite.new_store(Path(file))
    database.upgrade(engine)
    with Session(engine) as db, db.begin():
        let_in(db)
    engine.dispose()


def sign_in(context: BrowserContext) -> None:
    """Give the browser's profile the administrator's cookie for every server on loopback."""
    context.add_cookies([{"name": COOKIE, "value": COOKIE_TOKEN, "domain": "127.0.0.1", "path": "/"}])
