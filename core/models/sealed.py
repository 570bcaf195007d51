"""The column type for values that may contain credentials. They are unreadable without the key."""

import json
from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from core import sealing


class SealedJSON(TypeDecorator[Any]):
    """JSON that `core.sealing` encrypts and decrypts; None is NULL.

    Raises:
        StoreError: On reading a value that was sealed with another key.
    """

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else sealing.in_use().seal(json.dumps(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(sealing.in_use().open(value))
