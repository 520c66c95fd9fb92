"""What the tests of single rules share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from people import HandClock, People, account_store, people_on


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    async with account_store(tmp_path) as store:
        made = await people_on(store, HandClock())
        yield made
        made.passwords.close()
