"""The dashboard as an ASGI application, to stand beside others in one process."""

import hashlib
import hmac
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moderation.config import Settings
from moderation.errors import SettingsError

if TYPE_CHECKING:
    from streamlit.starlette import App

SCRIPT = Path(__file__).parent / "__main__.py"


def desk(
    host: str, port: int, settings: Settings
) -> tuple["App", Callable[[Any], AbstractAsyncContextManager[None]]]:
    """Return the dashboard, and what starts and stops it.

    Args:
        host: Address it will be reached at.
        port: Port it will be reached at.
        settings: Of this machine; they say how moderators sign in.

    Raises:
        SettingsError: They ask for a login, and what it takes is not installed.
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

    address = settings.public_url or f"http://{host}:{port}"
    app = App(SCRIPT, secrets=_login(settings, address))
    return app, app.lifespan()


def _login(settings: Settings, address: str) -> dict[str, Any] | None:
    """Say what ``st.login`` needs to know; None: names are taken on trust."""
    if not settings.login_metadata_url:
        return None
    if find_spec("authlib") is None:
        raise SettingsError("a login is configured: pip install 'moderation[login]'")
    secret = settings.login_client_secret
    return {
        "auth": {
            "redirect_uri": f"{address.rstrip('/')}/oauth2callback",
            # One of its own, the same in every process and after every start.
            "cookie_secret": hmac.digest(secret.encode(), b"cookies", hashlib.sha256).hex(),
            "client_id": settings.login_client_id,
            "client_secret": secret,
            "server_metadata_url": settings.login_metadata_url,
        }
    }
