from pathlib import Path

import pytest

from moderation.config import Settings
from moderation.errors import SettingsError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_defaults_hold_without_file_and_variables():
    assert Settings.load(environ={}) == Settings()


def test_file_in_the_working_directory_is_read():
    Path("moderation.toml").write_text("page_timeout_s = 3\nmoderator = 'kim'\n")
    settings = Settings.load(environ={})
    assert (settings.page_timeout_s, settings.moderator) == (3.0, "kim")


def test_variable_wins_over_file():
    Path("moderation.toml").write_text("review_threshold = 0.2\n")
    settings = Settings.load(environ={"MODERATION_REVIEW_THRESHOLD": "0.9"})
    assert settings.review_threshold == 0.9


def test_config_variable_names_another_file(tmp_path):
    other = tmp_path / "newsroom.toml"
    other.write_text("max_page_bytes = 1000\n")
    assert Settings.load(environ={"MODERATION_CONFIG": str(other)}).max_page_bytes == 1000


def test_an_option_wins_over_all_and_one_not_given_over_nothing():
    environ = {"MODERATION_TOXICITY": "detoxify:original", "MODERATION_MODERATOR": "kim"}
    assert Settings.load(environ=environ, toxicity=None).toxicity == "detoxify:original"
    settings = Settings.load(environ=environ, toxicity="bulk")
    assert (settings.toxicity, settings.moderator) == ("bulk", "kim")


def test_folders_for_training_are_no_settings():
    environ = {"MODERATION_DATASETS": "x", "MODERATION_PAGES": "y"}
    assert Settings.load(environ=environ) == Settings()


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("page_timout_s = 3", "unknown setting 'page_timout_s'; known are database_url"),
        ("max_page_bytes = 'many'", "'max_page_bytes' is 'many'; expected int"),
        ("max_page_bytes = 1.5", "'max_page_bytes' is 1.5; expected int"),
        ("max_page_bytes = true", "'max_page_bytes' is True; expected int"),
        ("moderator = 7", "'moderator' is 7; expected str"),
        ("moderator = ['a']", "expected str"),
        ("review_threshold = 1.5", "'review_threshold' is 1.5; expected 0 to 1"),
        ("review_threshold = nan", "'review_threshold' is nan; expected 0 to 1"),
        ("toxicity = 'best'", "'toxicity' is 'best'; expected .*bulk or detoxify:MODEL"),
        ("login_client_id = 'desk'", "'login_client_secret' go together; one of them is missing"),
        (
            (
                "login_metadata_url = 'https://id'\nlogin_client_id = 'desk'\n"
                "login_client_secret = 's'\npublic_url = 'forwarded'"
            ),
            "'public_url' is 'forwarded'; with a login it must be the desk's own address",
        ),
        ("page_timeout_s = 0", "'page_timeout_s' is 0.0; expected a number above 0"),
        ("page_timeout_s = inf", "expected a number above 0"),
        ("max_page_bytes = -1", "expected a number above 0"),
        ("= 3", "not valid TOML"),
    ],
)
def test_unusable_setting_is_named_with_what_was_expected(toml, message):
    Path("moderation.toml").write_text(toml)
    with pytest.raises(SettingsError, match=message):
        Settings.load(environ={})


def test_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.toml: cannot be read"):
        Settings.load(tmp_path / "gone.toml", environ={})


def test_file_that_is_no_text_is_one_error(tmp_path):
    Path("moderation.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not valid TOML"):
        Settings.load(environ={})


def test_demo_has_a_store_of_its_own_unless_one_is_named():
    assert Settings().store_url.endswith("/moderation.db")
    assert Settings().demo_store_url.endswith("/demo.db")
    named = Settings(database_url="sqlite:///desk.db")
    assert named.store_url == named.demo_store_url == "sqlite:///desk.db"
