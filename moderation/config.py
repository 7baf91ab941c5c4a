"""Settings: defaults, then ``moderation.toml``, then ``MODERATION_*`` variables, then options.

Every field is one key of moderation.toml and one variable (``database_url`` is
``MODERATION_DATABASE_URL``); a name that is no field is an error, so that a typing
mistake cannot pass for a setting.
"""

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

import platformdirs

from moderation.errors import SettingsError

NOT_SETTINGS = frozenset({"MODERATION_DATASETS", "MODERATION_PAGES", "MODERATION_CONFIG"})
"""Variables of our prefix that name folders for training, evaluation and this file itself."""

REVIEW_THRESHOLD = 0.5
"""Default of ``Settings.review_threshold``; not tuned, the middle of the scale."""
PAGE_TIMEOUT_S = 10.0
"""Real pages take well under a second; see ``Settings.page_timeout_s``."""

TOXICITY_PROFILES = ("accurate", "fast", "bulk")
"""What ``Settings.toxicity`` may be; ``moderation.scorers.TOXICITY`` has their scorers."""
TOXICITY_PROFILE = "accurate"
"""Default of ``Settings.toxicity``."""
DETOXIFY = "detoxify:"
"""Stands before the name or path of a Detoxify model in ``Settings.toxicity``."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set.

    Args:
        database_url: SQLAlchemy URL; empty means a SQLite file in the user's data directory.
        moderator: Name written into decisions made from this machine; empty means the
            operating system's user name.
        review_threshold: Score in [0, 1] from which an attribute asks for a person's look.
        second_look_share: Share in [0, 1] of decisions made at the desk that another moderator
            makes again without seeing the first.
        toxicity: What scores toxicity and its kinds: ``accurate`` (an encoder), ``fast`` (a smaller
            one), ``bulk`` (the n-gram model), or a Detoxify model.
        max_page_bytes: Pages larger than this are refused with one line.
        page_timeout_s: Seconds one page may take to extract; it is given up after that.
        api_keys: Keys of the HTTP API, separated by commas; the store may hold more.
        api_per_minute: Requests a minute a key is good for that has no limit of its own; 0
            means any number.
        api_timeout_s: Seconds after which a comment that is not scored yet is given up.
        api_queue: Comments that may wait to be scored; more are refused with 503.
        api_workers: Processes that score; 0 means one a core.
        api_origins: Web origins whose scripts may call the API, separated by commas.
        public_url: Address that others reach the API at; empty means the one they came to,
            ``forwarded`` what a proxy says in ``X-Forwarded-Proto`` and ``-Host``.
        coral_secret: Signing secret of Coral's external moderation phase; empty: not served.
        login_metadata_url: OpenID Connect provider whose accounts the desk admits, by the address
            of its metadata; empty: names are taken on trust.
        login_client_id: What the provider calls the desk.
        login_client_secret: The secret they share.
        login_allowed: E-mail addresses and ``@domain``s that may come in, separated by commas;
            empty: everybody the provider vouches for.
        webhook_url: Where decisions are posted; empty: nowhere.
        webhook_secret: What those posts are signed with.
        model_archive: Folder of earlier releases' model folders, which stay served.
        desk_model: Folder that ``moderation learn`` wrote, whose corrections are laid over the
            scores; empty: none.
    """

    database_url: str = ""
    moderator: str = ""
    review_threshold: float = REVIEW_THRESHOLD
    second_look_share: float = 0.0
    toxicity: str = TOXICITY_PROFILE
    max_page_bytes: int = 100_000_000
    page_timeout_s: float = PAGE_TIMEOUT_S
    api_keys: str = field(default="", repr=False)
    api_per_minute: int = 0
    api_timeout_s: float = 5.0
    api_queue: int = 64
    api_workers: int = 0
    api_origins: str = ""
    public_url: str = ""
    model_archive: str = ""
    desk_model: str = ""
    coral_secret: str = field(default="", repr=False)
    login_metadata_url: str = ""
    login_client_id: str = ""
    login_client_secret: str = field(default="", repr=False)
    login_allowed: str = ""
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)

    @classmethod
    def load(
        cls,
        path: Path | None = None,
        environ: Mapping[str, str] | None = None,
        **options: object,
    ) -> Self:
        """Read the settings of this machine.

        Args:
            path: The TOML file; by default ``MODERATION_CONFIG``, else ``moderation.toml``
                in the working directory if there is one.
            environ: The environment; by default the process's own.
            options: What a command was given, by the setting's name; None means nothing.

        Raises:
            SettingsError: An unknown name, a value of the wrong type, or unreadable TOML.
        """
        environ = os.environ if environ is None else environ
        if path is None and "MODERATION_CONFIG" in environ:
            path = Path(environ["MODERATION_CONFIG"])
        values: dict[str, object] = {}
        if path is not None or Path("moderation.toml").is_file():
            values |= _from_toml(path or Path("moderation.toml"))
        values |= {
            name.removeprefix("MODERATION_").lower(): value
            for name, value in environ.items()
            if name.startswith("MODERATION_") and name not in NOT_SETTINGS
        }
        values |= {name: value for name, value in options.items() if value is not None}
        types = {one.name: type(one.default) for one in fields(cls)}
        settings = replace(
            cls(), **{name: _typed(types, name, raw) for name, raw in values.items()}
        )
        _check_ranges(settings)
        return settings

    @property
    def configured_keys(self) -> tuple[str, ...]:
        """``api_keys``, one by one."""
        return _listed(self.api_keys)

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """``api_origins``, one by one."""
        return _listed(self.api_origins)

    @property
    def allowed_logins(self) -> tuple[str, ...]:
        """``login_allowed``, one by one."""
        return _listed(self.login_allowed)

    @property
    def store_url(self) -> str:
        """``database_url``, or the SQLite file in the user's data directory."""
        return self.database_url or _user_database("moderation.db")

    @property
    def demo_store_url(self) -> str:
        """``database_url``, or a SQLite file of the demo's own beside the real one."""
        return self.database_url or _user_database("demo.db")

    @property
    def desk_models(self) -> Path:
        """Where models learnt here lie: beside a SQLite file, else in the user's data directory."""
        _, is_sqlite, path = self.store_url.partition("sqlite:///")
        beside = Path(path).parent if is_sqlite else _user_folder()
        return beside / "desk-models"


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _user_database(name: str) -> str:
    return f"sqlite:///{_user_folder() / name}"


def _user_folder() -> Path:
    return platformdirs.user_data_path("moderation", appauthor=False)


def _from_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror}); expected a TOML file of settings"
        raise SettingsError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path}: not valid TOML ({error})"
        raise SettingsError(msg) from error


def _typed(types: Mapping[str, type], name: str, raw: object) -> Any:
    if name not in types:
        msg = f"unknown setting {name!r}; known are {', '.join(types)}"
        raise SettingsError(msg)
    expected = types[name]
    # TOML's true is Python's True, which is an int: no setting is meant by that.
    if not isinstance(raw, bool) and isinstance(raw, (str, int, float)):
        try:
            if isinstance(raw, str) or expected is float:
                return expected(raw)
        except ValueError:
            pass
        else:
            if isinstance(raw, expected):
                return raw
    msg = f"setting {name!r} is {raw!r}; expected {expected.__name__}"
    raise SettingsError(msg)


def _check_ranges(settings: Settings) -> None:
    for name in ("review_threshold", "second_look_share"):
        if not 0 <= getattr(settings, name) <= 1:
            msg = f"setting {name!r} is {getattr(settings, name)}; expected 0 to 1"
            raise SettingsError(msg)
    if settings.toxicity not in TOXICITY_PROFILES and not settings.toxicity.startswith(DETOXIFY):
        known = ", ".join(TOXICITY_PROFILES)
        msg = f"setting 'toxicity' is {settings.toxicity!r}; expected {known} or {DETOXIFY}MODEL"
        raise SettingsError(msg)
    for name in ("api_per_minute", "api_workers"):
        if getattr(settings, name) < 0:
            msg = f"setting {name!r} is {getattr(settings, name)}; expected 0 or more"
            raise SettingsError(msg)
    if bool(settings.webhook_url) != bool(settings.webhook_secret):
        msg = "settings 'webhook_url' and 'webhook_secret' go together; one of them is missing"
        raise SettingsError(msg)
    if settings.webhook_url and not settings.webhook_url.startswith(("http://", "https://")):
        raise SettingsError("setting 'webhook_url' is no address; expected http:// or https://")
    _check_login(settings)
    for name in ("max_page_bytes", "page_timeout_s", "api_timeout_s", "api_queue"):
        value = getattr(settings, name)
        if not (value > 0 and math.isfinite(value)):
            msg = f"setting {name!r} is {value}; expected a number above 0"
            raise SettingsError(msg)


def _check_login(settings: Settings) -> None:
    parts = (settings.login_metadata_url, settings.login_client_id, settings.login_client_secret)
    if any(parts) != all(parts):
        msg = (
            "settings 'login_metadata_url', 'login_client_id' and 'login_client_secret' go "
            "together; one of them is missing"
        )
        raise SettingsError(msg)
    if any(parts) and settings.public_url == "forwarded":
        msg = "setting 'public_url' is 'forwarded'; with a login it must be the desk's own address"
        raise SettingsError(msg)
