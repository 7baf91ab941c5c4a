"""Policies, notes about the store, keys, and whether it is sound."""

from datetime import datetime
from typing import Protocol

import pandas as pd

from moderation.schema import ApiKey, PolicyVersion


class Upkeep(Protocol):
    """Policies, notes about the store, keys, and whether it is sound."""

    def policies(self) -> list[PolicyVersion]:
        """Return every saved policy, the newest first: that one is in force."""
        ...

    def add_policy(self, version: PolicyVersion) -> int:
        """Save a policy, which is in force from now on; return its number."""
        ...

    def survey(self, *, decided: bool, limit: int) -> pd.DataFrame:
        """Return scored comments to try a policy on.

        Args:
            decided: The newest that a person has approved or rejected; otherwise undecided
                ones, drawn at random.
            limit: Most rows to return.

        Returns:
            ``comment_id, article_url, language`` (empty: not known), ``action, sampling`` of
            the standing decision (empty: none) and a column per attribute (NaN: not scored).
        """
        ...

    def fact(self, name: str) -> str | None:
        """Return what is noted about the store itself under a name, or None."""
        ...

    def set_fact(self, name: str, value: str) -> None:
        """Note something about the store itself; replaces what was noted."""
        ...

    def api_keys(self) -> list[ApiKey]:
        """Return every key of the HTTP API, expired ones included, oldest first."""
        ...

    def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; its ``number`` is the store's to give."""
        ...

    def expire_api_keys(self, name: str, at: datetime) -> int:
        """Let every key of that name that is good beyond ``at`` end then; return how many."""
        ...

    def audit(self) -> list[str]:
        """Compute everything that is kept for speed anew and compare.

        Returns:
            One line for each thing that is not in step with the log and the scores; empty for
            a sound store. Reads everything: minutes on a million comments.
        """
        ...
