"""The dashboard as an ASGI application, to stand beside others in one process."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamlit.starlette import App

SCRIPT = Path(__file__).parent / "__main__.py"


def desk(host: str, port: int) -> tuple["App", Callable[[Any], AbstractAsyncContextManager[None]]]:
    """Return the dashboard, and what starts and stops it.

    Args:
        host: Address it will be reached at.
        port: Port it will be reached at.
    """
    options = {
        "SERVER_HEADLESS": "true",
        "SERVER_ADDRESS": host,
        "SERVER_PORT": str(port),
        "SERVER_FILE_WATCHER_TYPE": "none",
        "BROWSER_GATHER_USAGE_STATS": "false",
        "LOGGER_LEVEL": "warning",
    }
    os.environ.update({f"STREAMLIT_{name}": value for name, value in options.items()})
    from streamlit.starlette import App  # noqa: PLC0415 - reads the variables above

    app = App(SCRIPT)
    return app, app.lifespan()
