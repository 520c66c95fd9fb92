"""A server and what runs beside it."""

import asyncio

import httpx
import pytest
from starlette.responses import Response

from taskmanager import serving


async def test_background_work_that_dies_stops_the_server_and_is_told() -> None:
    started = asyncio.Event()
    listener = serving.listen("127.0.0.1", 0)
    server = serving.Server(Response("here"), started=started.set, before_drain=lambda: None)

    async def dies() -> None:
        await started.wait()
        async with httpx.AsyncClient() as http:
            assert (await http.get(serving.address(listener, None))).text == "here"
        raise RuntimeError("of a mistake")

    with pytest.raises(RuntimeError, match="of a mistake"):
        await serving.run(server, listener, {asyncio.create_task(dies())})
