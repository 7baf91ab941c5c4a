"""Comment moderation for news sites: records and errors; everything else is imported where used."""

from moderation.errors import (
    ConflictError,
    ExtractionError,
    InputError,
    ModelError,
    ModerationError,
    PluginError,
    ScoringError,
    SettingsError,
    SourceError,
    StoreError,
)
from moderation.schema import (
    ATTRIBUTES,
    Action,
    Article,
    Comment,
    Decision,
    Label,
    Page,
    Sampling,
    Thread,
)

__all__ = [
    "ATTRIBUTES",
    "Action",
    "Article",
    "Comment",
    "ConflictError",
    "Decision",
    "ExtractionError",
    "InputError",
    "Label",
    "ModelError",
    "ModerationError",
    "Page",
    "PluginError",
    "Sampling",
    "ScoringError",
    "SettingsError",
    "SourceError",
    "StoreError",
    "Thread",
]
__version__ = "0.1.0"
