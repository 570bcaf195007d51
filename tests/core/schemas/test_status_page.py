"""The address of a status page is validated."""

import pytest

from core.errors import InvalidInput
from core.schemas.status_page import StatusPageCreate


@pytest.mark.parametrize(
    ("slug", "says"),
    [("", "This is required."), ("our shop", "The address of a status page is made of")],
    ids=["empty", "space"],
)
def test_an_invalid_address_is_refused(slug: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        StatusPageCreate.checked({"title": "Shop", "slug": slug})

    assert refused.value.by_field["slug"].startswith(says)
