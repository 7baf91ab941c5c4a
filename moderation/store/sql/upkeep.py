"""Policies, notes about the store, keys, and whether it is sound."""

from datetime import datetime

import pandas as pd
from sqlalchemy import select

from moderation.schema import ApiKey, PolicyVersion
from moderation.store import api
from moderation.store.audit import differences
from moderation.store.rows import upsert
from moderation.store.sql.transactions import Transactions
from moderation.store.surveys import add_policy, read_policies, read_survey
from moderation.store.tables import facts


class SqlUpkeep(Transactions):
    """``moderation.store.protocol.upkeep`` on a SQL database."""

    def policies(self) -> list[PolicyVersion]:
        """Return every saved policy, the newest first: that one is in force."""
        with self._reading() as connection:
            return read_policies(connection)

    def add_policy(self, version: PolicyVersion) -> int:
        """Save a policy, which is in force from now on; return its number."""
        with self._writing() as connection:
            return add_policy(connection, version)

    def survey(self, *, decided: bool, limit: int) -> pd.DataFrame:
        """Return scored comments to try a policy on."""
        with self._reading() as connection:
            return read_survey(connection, decided=decided, limit=limit)

    def fact(self, name: str) -> str | None:
        """Return what is noted about the store itself under a name, or None."""
        with self._reading() as connection:
            query = select(facts.c.value).where(facts.c.name == name)
            value: str | None = connection.scalar(query)
            return value

    def set_fact(self, name: str, value: str) -> None:
        """Note something about the store itself; replaces what was noted."""
        with self._writing() as connection:
            statement = upsert(connection, facts).values(name=name, value=value)
            statement = statement.on_conflict_do_update(
                index_elements=["name"], set_={"value": value}
            )
            connection.execute(statement)

    def api_keys(self) -> list[ApiKey]:
        """Return every key of the HTTP API, expired ones included, oldest first."""
        with self._reading() as connection:
            return api.read_keys(connection)

    def add_api_key(self, key: ApiKey) -> None:
        """Keep a key; its ``number`` is the store's to give."""
        with self._writing() as connection:
            api.add_key(connection, key)

    def expire_api_keys(self, name: str, at: datetime) -> int:
        """Let every key of that name that is good beyond ``at`` end then; return how many."""
        with self._writing() as connection:
            return api.expire_keys(connection, name, at)

    def audit(self) -> list[str]:
        """Say what in the store is not in step with its log and scores; empty if all is."""
        with self._reading() as connection:
            return differences(connection)
