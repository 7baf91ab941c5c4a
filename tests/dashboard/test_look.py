"""One look everywhere: `moderation serve` and `streamlit run app.py` read the same settings."""

import tomllib
from pathlib import Path

import moderation.dashboard
from moderation.dashboard.components import NAMES, STATEMENTS
from moderation.schema import ATTRIBUTES

ROOT = Path(__file__).parents[2]
PACKAGE = Path(moderation.dashboard.__file__).parent


def test_both_ways_in_have_the_same_settings() -> None:
    ours = (PACKAGE / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8") == ours


def test_no_telemetry_and_no_tracebacks_on_the_page() -> None:
    settings = tomllib.loads((PACKAGE / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"


def test_every_attribute_has_a_name_and_statements() -> None:
    assert tuple(NAMES) == ATTRIBUTES
    assert tuple(STATEMENTS) == ATTRIBUTES


def test_text_colours_have_enough_contrast() -> None:
    theme = tomllib.loads((PACKAGE / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    for look in (theme["theme"]["light"], theme["theme"]["dark"]):
        for background in (look["backgroundColor"], look["secondaryBackgroundColor"]):
            assert contrast(look["textColor"], background) >= 7
            assert contrast(look["linkColor"], background) >= 4.5
            assert contrast(look["primaryColor"], background) >= 4.5


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours. Source: WCAG 2.1, relative luminance."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
