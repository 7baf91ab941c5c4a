"""Tables of comments become one page per article, and threads again."""

import gzip
import json

import pandas as pd
import pytest

from moderation import extractors
from moderation.config import Settings
from moderation.errors import SourceError
from moderation.extraction import open_targets
from moderation.schema import Page, Thread
from moderation.sources import open_source

A, B = "https://quay.example/a", "https://quay.example/b"
HEAD = "article_url,comment_id,parent_id,author,published,text\n"
ROWS = (
    f"{A},{A}#1,,Ann,2026-05-01T10:00:00Z,first\n"
    f"{B},{B}#9,,Cy,,elsewhere\n"
    f'{A},{A}#2,{A}#1,Bo,,"second, of\ntwo lines"\n'
)


def opened(path, **settings) -> list[Page | SourceError]:
    return list(open_source(str(path), Settings(**settings)))


def threads(path) -> list[Thread]:
    return [extractors.extract(page) for page in opened(path)]


def written(tmp_path, text: str, name: str = "x.csv"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def test_rows_of_one_address_are_one_thread_wherever_they_stand(tmp_path):
    path = written(tmp_path, HEAD + ROWS)
    assert [page.source for page in opened(path)] == [f"{path}#1", f"{path}#2"]
    first, second = threads(path)
    assert (first.article.url, second.article.url) == (A, B)
    assert [(one.id, one.parent_id, one.author, one.text) for one in first.comments] == [
        ("1", None, "Ann", "first"),
        ("2", "1", "Bo", "second, of\ntwo lines"),
    ]
    assert first.comments[0].posted_at is not None
    assert first.comments[1].published is None
    assert first.platform == "thread-file"


@pytest.mark.parametrize("name", ["x.tsv", "x.jsonl", "x.parquet", "x.csv.gz"])
def test_every_form_of_table_gives_the_same_threads(tmp_path, name):
    wanted = threads(written(tmp_path, HEAD + ROWS))
    table, path = pd.read_csv(tmp_path / "x.csv", dtype=str), tmp_path / name
    if name.endswith(".tsv"):
        table.to_csv(path, sep="\t", index=False)
    elif name.endswith(".jsonl"):
        path.write_text(table.to_json(orient="records", lines=True))
    elif name.endswith(".parquet"):
        table.to_parquet(path)
    else:
        path.write_bytes(gzip.compress((tmp_path / "x.csv").read_bytes()))
    assert threads(path) == wanted


def test_ids_may_be_bare_numbers_or_missing(tmp_path):
    rows = [
        {"article_url": A, "comment_id": 7, "text": "one"},
        {"article_url": A, "comment_id": 8, "parent_id": 7, "text": "two"},
        {"article_url": A, "text": "three", "author": "Ann"},
    ]
    path = written(tmp_path, "\n".join(map(json.dumps, rows)), "x.jsonl")
    (thread,) = threads(path)
    assert [one.parent_id for one in thread.comments] == [None, "7", None]
    assert len(thread.comments[2].id) == 16


def test_title_text_and_platform_come_from_the_rows(tmp_path):
    head = "article_url,article_title,article_text,platform,text\n"
    path = written(tmp_path, f"{head}{A},,,isso,one\n{A},The bell,It rang.,isso,two\n")
    (thread,) = threads(path)
    assert (thread.article.title, thread.article.text) == ("The bell", "It rang.")
    assert thread.platform == "isso"


def test_cells_that_were_made_inert_are_as_they_stood(tmp_path):
    path = written(tmp_path, f"article_url,text\n{A},'=1+1\n{A},'tis\n{A},''-so\n")
    assert [one.text for one in threads(path)[0].comments] == ["=1+1", "'tis", "'-so"]


def test_bad_rows_are_named_by_line_and_the_rest_is_read(tmp_path):
    path = written(tmp_path, f"{HEAD}{A},1\n,2,,Ann,,no address\n{ROWS}")
    short, homeless, *pages = opened(path)
    assert str(short) == f"{path}:2: has 2 cells; expected 6"
    assert str(homeless) == f"{path}:3: has no article_url"
    assert [page.source for page in pages] == [f"{path}#1", f"{path}#2"]


def test_many_bad_rows_are_counted(tmp_path):
    told = opened(written(tmp_path, HEAD + "x\n" * 50))
    assert len(told) == 21
    assert "30 more rows that cannot be read" in str(told[-1])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("text\nhello\n", "has no column 'article_url'"),
        ("article_url\nx\n", "has no column 'text'"),
        ("", "is empty"),
    ],
)
def test_a_table_of_something_else_is_one_line(tmp_path, text, problem):
    (error,) = opened(written(tmp_path, text))
    assert problem in str(error)


def test_a_missing_table_is_one_line(tmp_path):
    (error,) = opened(tmp_path / "gone.csv")
    assert "cannot be read" in str(error)


def test_a_table_beyond_the_cap_is_refused(tmp_path):
    path = written(tmp_path, HEAD + ROWS)
    (error,) = opened(path, max_page_bytes=100)
    assert "expected at most 100 bytes" in str(error)
    bomb = tmp_path / "x.csv.gz"
    bomb.write_bytes(gzip.compress((HEAD + f"{A},1,,Ann,,{'x' * 50}\n" * 1000).encode()))
    (error,) = opened(bomb, max_page_bytes=20_000)
    assert "expected at most 20,000 bytes" in str(error)


def test_threads_and_rows_in_json_lines_are_told_apart(tmp_path):
    rows = written(tmp_path, json.dumps({"article_url": A, "text": "one"}), "rows.jsonl")
    (page,) = open_targets([str(rows)], Settings())
    assert isinstance(page, Page)
