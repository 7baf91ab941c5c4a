"""What can go wrong, as one tree of exceptions.

    ModerationError                 shown to users as one line, exit code 1
    ├── SettingsError               moderation.toml, a MODERATION_* variable or an option is wrong
    ├── SourceError                 a page could not be read at all
    ├── ExtractionError             a page was read, its comments could not be
    ├── InputError                  a table or thread file breaks its documented columns
    ├── ScoringError                a scorer got or gave what its contract rules out
    ├── ModelError                  a packaged model is missing, changed or too new
    ├── StoreError                  the database refused, is read-only, full or of another version
    │   └── ConflictError           somebody decided the same comment in between
    └── PluginError                 a third-party entry point could not be loaded

Messages name what was wrong, where, and what was expected; they never quote a comment.
"""


class ModerationError(Exception):
    """Base of every error this package raises on purpose."""


class SettingsError(ModerationError):
    """A setting has an unusable value."""


class SourceError(ModerationError):
    """A page could not be read.

    Args:
        source: The path or address as the user gave it.
        problem: What was wrong and what was expected.
    """

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{source}: {problem}")
        self.source = source
        self.problem = problem


class ExtractionError(SourceError):
    """A page was read but its thread could not be extracted."""


class InputError(SourceError):
    """A table or thread file breaks its documented columns."""


class ScoringError(ModerationError):
    """A scorer was called with the wrong columns, or broke its contract."""


class ModelError(ModerationError):
    """A packaged model is missing, altered or from a newer version."""


class StoreError(ModerationError):
    """The database could not do what was asked."""


class ConflictError(StoreError):
    """Another decision on the same comment came first; nothing was lost."""


class PluginError(ModerationError):
    """A third-party entry point could not be loaded."""
