"""Keys of the HTTP API: made, hashed, compared, counted.

A key is 32 random bytes, so a plain SHA-256 hides it: there is no list of likely keys to try.
The store keeps hashes only. Keys named in the settings are hashed when they are read. With no
key at all the API is open to this machine and to nobody else.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from moderation.errors import ModerationError
from moderation.schema import ApiKey
from moderation.store import Store

KEYS_AGE_S = 5.0
"""How long a server goes on with the keys it has read: so long a revoked key may still work."""
PREFIX = "mod-"
"""How keys begin, so that a leaked one is recognised."""


def add_key(store: Store, name: str, *, per_minute: int = 0) -> str:
    """Make a key and keep its hash.

    Args:
        store: Where it is kept.
        name: Whose it is; no other usable key may have it.
        per_minute: Requests a minute it is good for; 0 means any number.

    Returns:
        The key: shown now, and never again.

    Raises:
        ModerationError: The name is empty or taken.
    """
    if not name.strip() or not name.isprintable():
        raise ModerationError("a key needs a name of printable characters")
    if any(key.name == name and is_usable(key) for key in store.api_keys()):
        msg = f"there is a key {name!r} already; rotate or revoke it, or choose another name"
        raise ModerationError(msg)
    return _issue(store, name, per_minute)


def revoke_key(store: Store, name: str) -> int:
    """Refuse every key of a name from now on; return how many there were."""
    return store.expire_api_keys(name, datetime.now(UTC))


def rotate_key(store: Store, name: str, *, grace_h: float) -> str:
    """Make a new key for a name; the old one is good for ``grace_h`` hours more.

    Returns:
        The new key.

    Raises:
        ModerationError: There is no usable key of that name.
    """
    old = [key for key in store.api_keys() if key.name == name and is_usable(key)]
    if not old:
        msg = f"there is no usable key {name!r}; `moderation keys list` shows them"
        raise ModerationError(msg)
    store.expire_api_keys(name, datetime.now(UTC) + timedelta(hours=grace_h))
    return _issue(store, name, old[-1].per_minute)


def is_usable(key: ApiKey) -> bool:
    """Whether a key is accepted now."""
    return key.expires_at is None or key.expires_at > datetime.now(UTC)


def digest_of(key: str) -> str:
    """Return the hash that stands for a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class KeyRing:
    """The keys a running server accepts.

    Args:
        store: Read every ``KEYS_AGE_S``.
        configured: Keys of the settings.
        per_minute: Limit of configured keys, and of stored ones without their own; 0: none.
    """

    def __init__(self, store: Store, configured: Sequence[str], *, per_minute: int = 0) -> None:
        self._store = store
        now = datetime.now(UTC)
        self._configured = [
            ApiKey(-number, f"settings-{number}", digest_of(key), per_minute, now)
            for number, key in enumerate(configured, start=1)
        ]
        self._per_minute = per_minute
        self._stored: list[ApiKey] = []
        self._read_at = -KEYS_AGE_S

    @property
    def stale(self) -> bool:
        """Whether ``refresh`` should be called, which reads the store."""
        return time.monotonic() - self._read_at >= KEYS_AGE_S

    def refresh(self) -> None:
        """Read the store's keys; raises StoreError, and what was known before stays."""
        self._stored = self._store.api_keys()
        self._read_at = time.monotonic()

    @property
    def is_open(self) -> bool:
        """Whether there is no key at all, expired ones included: then none is asked for."""
        return not self._configured and not self._stored

    def find(self, given: str) -> ApiKey | None:
        """Return the usable key that was given, or None; takes the same time for any."""
        digest = digest_of(given)
        found = None
        for key in (*self._configured, *self._stored):
            if hmac.compare_digest(key.digest, digest) and is_usable(key):
                found = key
        return found

    def limit(self, key: ApiKey) -> int:
        """Return the requests a minute a key is good for; 0 means any number."""
        return key.per_minute or self._per_minute


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """Counts requests by name: a minute's worth at once, then as they come back.

    Args:
        clock: Seconds; the monotonic clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str, per_minute: int) -> bool:
        """Count one request; False if there is none left."""
        now = self._clock()
        bucket = self._buckets.setdefault(name, _Bucket(per_minute, now))
        refill = (now - bucket.filled_at) * per_minute / 60
        bucket.tokens = min(per_minute, bucket.tokens + refill)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True


def _issue(store: Store, name: str, per_minute: int) -> str:
    key = PREFIX + secrets.token_urlsafe(32)
    store.add_api_key(ApiKey(0, name, digest_of(key), per_minute, datetime.now(UTC)))
    return key
