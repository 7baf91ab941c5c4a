"""Campaigns: near-duplicate comments across articles, authors and time, grouped and scored.

``find_campaigns`` reads comments as a table and returns the groups with their members.
A single author who repeats himself is told apart from many authors with one text, and what a
comment quotes of its article or its parent does not count.
"""

from moderation.campaigns.clusters import (
    CAMPAIGN_COLUMNS,
    INPUTS,
    LEAST_COMMENTS,
    MANY_AUTHORS,
    MEMBER_COLUMNS,
    ONE_AUTHOR,
    UNKNOWN_AUTHORS,
    Campaigns,
    Groups,
    find_campaigns,
)

__all__ = [
    "CAMPAIGN_COLUMNS",
    "INPUTS",
    "LEAST_COMMENTS",
    "MANY_AUTHORS",
    "MEMBER_COLUMNS",
    "ONE_AUTHOR",
    "UNKNOWN_AUTHORS",
    "Campaigns",
    "Groups",
    "find_campaigns",
]
