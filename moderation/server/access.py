"""Who may call: keys, limits, and requests that a web page made a browser send.

A key is read from ``?key=`` as Perspective's clients send it, from ``X-Goog-Api-Key``, from
``Authorization: Bearer`` or from ``access_token`` and ``oauth_token``. Where no key is set at
all, this machine alone is answered, under a name of its own: a page of the web that has its
name lead here (DNS rebinding) is not.
"""

import asyncio
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from moderation.config import Settings
from moderation.keys import KeyRing, RateLimit
from moderation.perspective.errors import ApiError, error_info, quota_error
from moderation.store import Store

GOOGLE_HOST = "commentanalyzer.googleapis.com"
"""What clients with a hard-coded host call us by."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a request before it is routed.

    Args:
        query: Parameters; of several with one name, the last.
        headers: By lower-case name.
        peer: Address of the other end.
        method: Such as ``POST``.
    """

    query: Mapping[str, str]
    headers: Mapping[str, str]
    peer: str
    method: str = "POST"


class Access:
    """Lets requests in or raises ApiError.

    Args:
        settings: Keys, limits and origins.
        store: Holds further keys.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._ring = KeyRing(store, settings.configured_keys, per_minute=settings.api_per_minute)
        self._limit = RateLimit()
        self._origins = frozenset(settings.allowed_origins)
        host = urlsplit(settings.public_url).hostname
        self._hosts = frozenset({"localhost", GOOGLE_HOST, *([host] if host else [])})

    async def admit(self, caller: Caller) -> str:
        """Return the name of the key a request came with; empty where none is asked for.

        Raises:
            ApiError: 403 without a key, 400 with a wrong one, 429 beyond its limit.
            StoreError: The keys cannot be read.
        """
        if self._ring.stale:
            await asyncio.to_thread(self._ring.refresh)
        self.refuse_foreign_page(caller)
        if self._ring.is_open:
            self._stay_on_this_machine(caller)
            return ""
        given = _given_key(caller)
        if not given:
            message = (
                "Method doesn't allow unregistered callers (callers without established "
                "identity). Please use API Key or other form of API consumer identity to call "
                "this API."
            )
            raise ApiError(403, message, error_info("CREDENTIALS_MISSING"))
        key = self._ring.find(given)
        if key is None:
            message = "API key not valid. Please pass a valid API key."
            raise ApiError(400, message, error_info("API_KEY_INVALID", service=GOOGLE_HOST))
        per_minute = self._ring.limit(key)
        if per_minute and not self._limit.take(key.digest, per_minute):
            raise quota_error(abs(key.number), per_minute)
        return key.name

    def refuse_foreign_page(self, caller: Caller) -> None:
        """Refuse what a page of another origin made a browser send, unless it may."""
        origin = caller.headers.get("origin")
        if origin in self._origins or caller.method in _SAFE_METHODS:
            return
        site = caller.headers.get("sec-fetch-site", "none")
        own = origin is None or urlsplit(origin).netloc == caller.headers.get("host")
        if not own or site not in {"none", "same-origin"}:
            message = "Requests from pages of other origins are refused (setting api_origins)"
            raise ApiError(403, message, error_info("FOREIGN_ORIGIN"))

    def _stay_on_this_machine(self, caller: Caller) -> None:
        host = urlsplit(f"//{caller.headers.get('host', '')}").hostname or ""
        forwarded = any(name in caller.headers for name in _FORWARDED)
        known = host in self._hosts or _is_loopback(host)
        if forwarded or not known or not _is_loopback(caller.peer):
            message = "No API key is set: this server answers its own machine only"
            raise ApiError(403, message, error_info("NO_KEYS_CONFIGURED"))


def _given_key(caller: Caller) -> str:
    scheme, _, token = caller.headers.get("authorization", "").partition(" ")
    return (
        caller.query.get("key")
        or caller.headers.get("x-goog-api-key")
        or (token.strip() if scheme.lower() == "bearer" else "")
        or caller.query.get("access_token")
        or caller.query.get("oauth_token")
        or ""
    )


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
