"""What the documentation says is complete and true."""

import inspect
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import click
import pytest
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.sybil import Sybil

import moderation
from moderation import errors, schema
from moderation.batch import SPANS_COLUMN, VERSIONS_COLUMN
from moderation.config import NOT_SETTINGS, Settings
from moderation.exporters import Exporter
from moderation.extractors import BUILTIN, NO_PLATFORM, Extractor
from moderation.frames import CONTEXT_COLUMNS
from moderation.interchange import VERSION, thread_to_json
from moderation.schema import Article, Comment, Thread
from moderation.scorers import Scorer
from moderation.scorers.spans import Explanation, Span
from moderation.store import LABEL_COLUMNS

ROOT = Path(__file__).parents[1]
DOCS = [
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md")),
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = ("torch", "pandas", "streamlit", "numpy", "sqlalchemy", "lxml", "pyarrow", "sklearn")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def all_docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in DOCS)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# -- complete ----------------------------------------------------------------------------------


def test_every_setting_and_variable_is_in_the_configuration_page():
    page = text("docs/configuration.md")
    for field in fields(Settings):
        assert f"`{field.name}`" in page
        assert f"`MODERATION_{field.name.upper()}`" in page
        default = str(field.default) or "empty"
        row = next(line for line in page.splitlines() if line.startswith(f"| `{field.name}`"))
        assert default in row, f"{field.name} is {default} by default"
    for name in NOT_SETTINGS:
        assert f"`{name}`" in page


def test_every_variable_the_code_reads_is_documented():
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "moderation").rglob("*.py")
    )
    known = {f"MODERATION_{field.name.upper()}" for field in fields(Settings)} | NOT_SETTINGS
    assert set(re.findall(r"MODERATION_[A-Z_]*[A-Z]", code)) <= known


def test_every_attribute_is_explained():
    page = text("docs/concepts.md")
    assert all(f"| `{attribute}` |" in page for attribute in schema.ATTRIBUTES)


def test_every_error_class_is_explained():
    page = text("docs/errors.md")
    classes = [name for name, value in vars(errors).items() if inspect.isclass(value)]
    assert classes
    assert [name for name in classes if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("protocol", "guide"),
    [
        (Extractor, "docs/extending/extractor.md"),
        (Scorer, "docs/extending/scorer.md"),
        (Exporter, "docs/extending/exporter.md"),
    ],
)
def test_every_member_of_a_protocol_is_in_its_guide(protocol, guide):
    members = {*protocol.__annotations__, *vars(protocol)}
    public = {name for name in members if not name.startswith("_")}
    assert public
    assert [name for name in public if name not in text(guide)] == []


def test_every_entry_point_group_has_a_guide():
    for group, guide in (
        ("extractors", "extractor"),
        ("scorers", "scorer"),
        ("exporters", "exporter"),
    ):
        assert f'"moderation.{group}"' in text(f"docs/extending/{guide}.md")
        assert group in text("moderation/plugins.py")


def test_every_built_in_platform_is_listed():
    page = text("docs/platforms.md")
    names = [extractor.name for extractor in BUILTIN]
    assert [name for name in (*names, NO_PLATFORM) if f"`{name}`" not in page] == []


def commands(command: click.Command, name: str) -> list[str]:
    if not isinstance(command, click.Group):
        return [name]
    inner = [
        commands(sub, f"{name} {key}") for key, sub in command.commands.items() if not sub.hidden
    ]
    return [name, *(found for group in inner for found in group)]


@pytest.fixture
def build():
    spec = spec_from_file_location("build", ROOT / "docs" / "build.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_command_reference_is_current(build):
    assert text("docs/cli.md") == build.reference(), "run: make docs"


def test_the_figures_in_the_readme_are_those_of_the_packaged_models(build):
    assert text("README.md") == build.readme(), "run: make docs"


def test_the_figures_in_the_political_spam_page_are_those_of_the_packaged_model(build):
    assert text("docs/political-spam.md") == build.political_spam(), "run: make docs"


def test_the_tables_in_the_campaigns_page_are_those_of_the_last_evaluation(build):
    assert text("docs/campaigns.md") == build.campaigns(), "run: make docs"


def test_the_tables_in_the_extraction_page_are_those_of_the_last_evaluation(build):
    assert text("docs/extraction.md") == build.extraction(), "run: make docs"


def test_the_table_in_the_learning_page_is_that_of_the_last_evaluation(build):
    assert text("docs/learning.md") == build.learning(), "run: make docs"


def test_the_tables_of_both_toxicity_models_are_those_of_the_packaged_ones(build):
    assert text("docs/toxicity.md") == build.toxicity(), "run: make docs"


def test_the_clients_in_the_migration_page_are_those_that_are_tried(build):
    assert text("docs/perspective.md") == build.perspective(), "run: make docs"


def test_every_command_stands_in_the_readme(build):
    readme = text("README.md")
    leaves = [name for name in commands(build.main, "moderation") if name != "moderation"]
    groups = {name for name in leaves if any(other.startswith(f"{name} ") for other in leaves)}
    assert [name for name in leaves if name not in groups and name not in readme] == []


def test_label_columns_are_those_of_the_store():
    documented = re.findall(r"^\| `(\w+)` \|", text("docs/label-format.md"), flags=re.MULTILINE)
    assert documented == [*LABEL_COLUMNS]


def test_thread_fields_are_those_of_the_interchange():
    thread = Thread(Article("u", "t", "x"), (Comment("1", None, "a", "b"),), "records")
    line = thread_to_json(thread, source="s")
    names = set(line)
    names |= {f"article.{name}" for name in line["article"]}
    names |= {f"comments[].{name}" for name in line["comments"][0]}
    page = text("docs/thread-format.md")
    assert set(re.findall(r"^\| `([\w.\[\]]+)` \|", page, flags=re.MULTILINE)) == names
    assert f"version {VERSION}" in page
    example = json.loads(re.search(r"```json\n(.*?)```", page, flags=re.DOTALL).group(1))
    assert set(example) == set(line)
    assert set(example["comments"][0]) == set(line["comments"][0])


def test_score_columns_are_the_ones_written():
    page = text("docs/score-format.md")
    assert ", ".join(f"`{name}`" for name in schema.ATTRIBUTES) in page
    assert f"`{VERSIONS_COLUMN}`" in page
    assert f"`{SPANS_COLUMN}`" in page
    example = json.loads(re.search(r"```json\n(.*?)```", page, flags=re.DOTALL).group(1))
    assert [*example] == [field.name for field in fields(Explanation)]
    assert [*example["spans"][0]] == [field.name for field in fields(Span)]
    made = {"thread_text", "copies"}
    assert [name for name in CONTEXT_COLUMNS if name not in made and f"`{name}`" not in page] == []


# -- true --------------------------------------------------------------------------------------


def test_all_lists_the_public_names():
    public = {name for name in vars(moderation) if not name.startswith("_")}
    modules = {name for name in public if inspect.ismodule(getattr(moderation, name))}
    assert sorted(public - modules) == moderation.__all__


def test_importing_the_package_is_cheap():
    probe = (
        "import sys, time; start = time.process_time(); import moderation;"
        "print(time.process_time() - start, *sys.modules)"
    )
    seconds, *loaded = subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    ).stdout.split()
    assert float(seconds) < 0.05
    assert [name for name in HEAVY if name in loaded] == []


def test_the_version_is_the_changelogs_and_the_projects():
    versions = re.findall(r"^## \[(\d[^\]]*)\]", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert versions[0] == moderation.__version__ == PROJECT["version"]


@pytest.mark.parametrize("path", DOCS, ids=relative)
def test_links_between_pages_lead_somewhere(path):
    page = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page)
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=relative)
def test_every_snippet_runs(path, monkeypatch):
    document = Sybil(parsers=[PythonCodeBlockParser()]).parse(path)
    module = ModuleType("snippets")  # where a class can be found again when it is unpickled
    monkeypatch.setitem(sys.modules, module.__name__, module)
    document.namespace = vars(module)
    for example in document:
        example.evaluate()


@pytest.mark.parametrize("path", DOCS, ids=relative)
def test_toml_and_json_snippets_parse(path):
    page = path.read_text(encoding="utf-8")
    for block in re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL):
        tomllib.loads(block)
    for block in re.findall(r"```json\n(.*?)```", page, flags=re.DOTALL):
        json.loads(block)


def test_pages_that_the_code_points_to_exist():
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "moderation").rglob("*.py")
    )
    named = sorted(set(re.findall(r"docs/[\w./-]+\.md", code)))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_decision_records_are_numbered_and_say_what_would_reverse_them():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    headings = ["## Context", "## Decision", "## Cost", "## What would reverse it"]
    for page in pages:
        found = re.findall(r"^## .*", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert [heading for heading in found if heading in headings] == headings
