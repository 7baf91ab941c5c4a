"""The process behind ``moderation serve``: ``python -m moderation.cli.host HOST PORT``."""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from moderation.config import Settings
from moderation.dashboard.asgi import desk
from moderation.errors import SettingsError
from moderation.server import create_app
from moderation.server.process import log_to, run


def main(host: str, port: int) -> None:
    """Serve dashboard and HTTP API until a signal ends it."""
    settings = Settings.load()
    try:
        app, lifespan = desk(host, port, settings)
    except SettingsError as error:
        sys.exit(str(error))

    @asynccontextmanager
    async def quietly(parent: Any) -> AsyncIterator[None]:
        async with lifespan(parent):
            log_to(logging.WARNING)  # Streamlit has set up its own
            yield

    run(create_app(settings, desk=app, desk_lifespan=quietly), host=host, port=port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
