"""Every built-in part keeps the contract that plug-ins are held to."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import batches, hostile_pages, label_frames, threads

from moderation import exporters, extractors, scorers
from moderation.frames import thread_frame
from moderation.schema import Page
from moderation.testing import check_exporter, check_extractor, check_scorer, check_thread

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
PAGES = sorted(
    path for path in (*SAMPLE.iterdir(), *Path(__file__).parent.glob("golden/**/*"))
    if path.suffix in {".html", ".txt"}
)  # fmt: skip
SCORERS = (*scorers.TOXICITY.values(), *scorers.BUILTIN[1:])
SLOW = settings(suppress_health_check=list(HealthCheck), max_examples=15)


def page_id(path: Path) -> str:
    return path.name


def part_id(part: object) -> str:
    return str(getattr(part, "name", part))


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_every_extractor_keeps_its_contract_on_every_page_of_ours(path):
    page = Page(source=path.name, body=path.read_bytes())
    for extractor in extractors.BUILTIN:
        check_extractor(extractor, page)


@pytest.mark.parametrize("extractor", extractors.BUILTIN, ids=part_id)
@given(page=hostile_pages)
@SLOW
def test_extractors_keep_their_contract_on_hostile_pages(extractor, page):
    check_extractor(extractor, page)


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_extract_gives_a_well_formed_thread_for_every_page_of_ours(path):
    check_thread(extractors.extract(Page(source=path.name, body=path.read_bytes())))


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: type(scorer).__name__)
@given(batch=batches())
@SLOW
def test_scorers_keep_their_contract_on_hostile_batches(scorer, batch):
    check_scorer(scorer, batch)


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: type(scorer).__name__)
def test_scorers_keep_their_contract_on_the_sample_pages(scorer):
    batch = pd.concat(
        thread_frame(extractors.extract(Page(source=path.name, body=path.read_bytes())))
        for path in sorted(SAMPLE.iterdir())[:4]
    )
    check_scorer(scorer, batch)


@pytest.mark.parametrize("exporter", exporters.BUILTIN.values(), ids=part_id)
@given(labels=label_frames())
@settings(suppress_health_check=list(HealthCheck), max_examples=15)
def test_exporters_keep_their_contract(exporter, labels, tmp_path_factory):
    check_exporter(exporter, labels, tmp_path_factory.mktemp("export"))


@given(thread=threads())
def test_threads_of_the_strategies_are_well_formed(thread):
    check_thread(thread)
