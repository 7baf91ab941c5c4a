"""Groups of comments that say nearly the same."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.batch.campaigns import read_table
from moderation.campaigns import MANY_AUTHORS, ONE_AUTHOR, UNKNOWN_AUTHORS, find_campaigns
from moderation.campaigns.words import cut_words, own_words
from moderation.cli import main
from moderation.evaluation.campaigns import compare
from moderation.schema import Article, Comment, Thread
from moderation.store import open_store

PASTED = (
    "The harbour board has sold our town to the developers of Quayside, and every councillor who "
    "voted for the sale must resign before the spring election, pass this on to your neighbours"
)
OTHERS = [
    "My grandfather worked on those cranes for forty years and would not recognise the place.",
    "Could the paper print the traffic figures that the consultants gave the committee last week?",
    "Parking at the ferry terminal costs more than the crossing does, that is the real scandal.",
    "I like the new benches, although the gulls seem to like them even better than I do.",
    "They promised a swimming pool in 1998 and I am still waiting with my towel rolled up.",
]


def table(texts, **columns):
    return pd.DataFrame({"text": texts} | columns)


def groups(comments, **options):
    found = find_campaigns(comments, **options)
    return [
        sorted(part["row"].tolist()) for _, part in found.members.groupby("campaign", sort=True)
    ]


def test_copies_and_their_variants_are_one_group_and_others_are_in_none():
    variants = [
        PASTED,
        PASTED.upper(),
        PASTED.replace("harbour", "port").replace("spring", "next"),
        "@editor " + PASTED.replace("a", "\u0430") + " \U0001f525\U0001f525",
        PASTED.replace("o", "0", 4) + " https://quay.example/petition",
        "Neighbours, read this! " + PASTED,
    ]
    assert groups(table([*OTHERS, *variants])) == [list(range(5, 11))]


def test_a_fifth_of_the_words_may_be_others():
    words = PASTED.split()
    generator = np.random.default_rng(1)
    texts = []
    for _ in range(12):
        changed = list(words)
        for place in generator.choice(len(words), len(words) // 5, replace=False):
            changed[place] = str(generator.choice(" ".join(OTHERS).split()))
        texts.append(" ".join(changed))
    assert groups(table(OTHERS + texts)) == [list(range(5, 17))]


def test_what_is_quoted_of_the_article_or_the_parent_does_not_count():
    replies = [f'"{PASTED}" {own}' for own in OTHERS[:4]]
    assert groups(table(replies)) == [[0, 1, 2, 3]]
    assert groups(table(replies, article_text=[f"He said: {PASTED}."] * 4)) == []
    assert groups(table(replies, parent_text=[PASTED] * 4)) == []
    assert groups(table([f"> {PASTED}\n{own}" for own in OTHERS[:4]])) == []


def test_short_and_common_phrases_are_no_campaign():
    texts = ["Great article, thank you for writing this!"] * 9 + ["lol"] * 9 + [""] * 9
    assert groups(table(texts)) == []


def test_one_author_is_told_from_many():
    alone = find_campaigns(table([PASTED] * 4, author=["Kim"] * 4)).table.iloc[0]
    many = find_campaigns(table([PASTED] * 4, author=["Kim", "Lee", "Ono", "Sun"])).table.iloc[0]
    unknown = find_campaigns(table([PASTED] * 4)).table.iloc[0]
    assert (alone["kind"], alone["authors"]) == (ONE_AUTHOR, 1)
    assert (many["kind"], many["authors"]) == (MANY_AUTHORS, 4)
    assert (unknown["kind"], unknown["authors"]) == (UNKNOWN_AUTHORS, 0)
    assert many["score"] > alone["score"]


@pytest.mark.parametrize(
    ("column", "less", "more"),
    [
        ("author", ["A", "A", "B", "B"], ["A", "B", "C", "D"]),
        ("article_url", ["a", "a", "a", "a"], ["a", "b", "c", "d"]),
        (
            "published",
            [f"2026-0{month}-01T10:00:00Z" for month in (1, 2, 3, 4)],
            [f"2026-01-01T10:0{minute}:00Z" for minute in (1, 2, 3, 4)],
        ),
    ],
)
def test_more_authors_articles_and_tempo_score_higher(column, less, more):
    slow, fast = (
        find_campaigns(table([PASTED] * 4, **{column: values})).table.iloc[0]
        for values in (less, more)
    )
    assert slow["score"] < fast["score"]
    parts = ["size", "many_authors", "spread", "tempo"]
    assert fast["score"] == pytest.approx(np.prod(fast[parts].astype(float)))
    larger = find_campaigns(table([PASTED] * 8, **{column: more * 2})).table.iloc[0]
    assert larger["size"] > fast["size"]


def test_the_sentence_says_what_a_moderator_can_check():
    texts = [PASTED, PASTED, PASTED.replace("spring", "autumn")]
    times = ["2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T15:00:00+01:00"]
    row = find_campaigns(
        table(texts, author=list("abc"), article_url=list("xyz"), published=times)
    ).table.iloc[0]
    assert row["why"] == (
        "3 comments by 3 authors under 3 articles say nearly the same, in 2 wordings "
        "within 4 hours."
    )
    assert row["text"] == PASTED


def test_groups_do_not_depend_on_the_order_of_the_comments():
    texts = [*OTHERS, PASTED, PASTED + " now", "Well, " + PASTED, OTHERS[0]]
    straight = {frozenset(texts[row] for row in group) for group in groups(table(texts))}
    turned = texts[::-1]
    back = {frozenset(turned[row] for row in group) for group in groups(table(turned))}
    assert straight == back


def test_scripts_without_spaces_are_compared_too():
    korean = (
        "항만 위원회가 우리 도시를 개발업자에게 팔았다 모든 시의원은 봄 선거 전에 물러나야 한다"
    )
    japanese = "港湾委員会は私たちの町を開発業者に売り渡した、賛成した議員は全員辞職すべきだ"
    texts = [korean, japanese, korean + " 퍼뜨려 주세요", japanese + "!!", *OTHERS]
    assert groups(table(texts), least_comments=2) == [[0, 2], [1, 3]]
    assert cut_words("港湾委員") == ["港湾", "湾委", "委員"]


@settings(max_examples=60)
@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_text_at_all_is_taken(texts):
    found = find_campaigns(table(texts), least_comments=2)
    assert set(found.members["row"]) <= set(range(len(texts)))
    assert found.table["score"].between(0, 1).all()
    for text in texts:
        assert own_words(text, text) in ([], own_words(text))


def test_nothing_is_found_among_nothing():
    found = find_campaigns(table([]))
    assert (len(found.table), len(found.members)) == (0, 0)


def test_figures_tell_a_merged_group_from_a_found_one():
    other = OTHERS[0] + " " + OTHERS[1]
    made = table([PASTED] * 4 + [other] * 4 + OTHERS[2:], author=["A"] * 4 + list("BCDEFGH"))
    made["truth"] = [0] * 4 + [1] * 4 + [-1] * 3
    made["one_author"] = [True] * 4 + [False] * 7
    found = compare(made, 0.0)
    assert (found.precision, found.recall, found.kinds, found.members) == (1.0, 1.0, 1.0, 8)
    mixed = compare(made.assign(truth=[0, 1] * 4 + [-1] * 3), 0.0)
    assert (mixed.precision, mixed.recall) == (0.5, 0.5)
    stray = compare(made.assign(truth=[-1] * 4 + [1] * 4 + [-1] * 3), 0.0)
    assert (stray.precision, stray.recall) == (0.5, 1.0)


# -- the command -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("MODERATION_DATABASE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    return tmp_path


def write(path, texts):
    rows = [
        {
            "comment_id": str(n),
            "article_url": f"https://a.example/{n % 2}",
            "author": f"=r{n}",
            "text": text,
        }
        for n, text in enumerate(texts)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_command_shows_campaigns_and_writes_their_members(own_store, suffix):
    source = write(own_store / "in.jsonl", [*OTHERS, PASTED, PASTED + "!", PASTED.lower()])
    output = own_store / f"out{suffix}"
    result = CliRunner().invoke(main, ["campaigns", str(source), "-o", str(output)])
    assert result.exit_code == 0, result.stderr
    assert "many authors" in result.stdout
    assert "1 campaign of 3 comments among 8" in result.stderr
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}.get(
        suffix, lambda path: pd.read_json(path, lines=True)
    )
    rows = read(output)
    assert rows["comment_id"].astype(int).tolist() == [5, 6, 7]
    assert set(rows["comments"]) == {3}
    assert rows["author"].iloc[0] == ("'=r5" if suffix == ".csv" else "=r5")


def test_the_command_searches_the_store_when_nothing_is_named(own_store):
    store = open_store(f"sqlite:///{own_store / 'store.db'}")
    for page in range(3):
        comments = tuple(
            Comment(id=str(n), parent_id=None, author=f"reader {page}", text=text)
            for n, text in enumerate([PASTED, OTHERS[page]])
        )
        url = f"https://courier.example/{page}"
        article = Article(url=url, title="Harbour sold", text="The board has sold the harbour.")
        store.add_thread(Thread(article, comments, "isso"), source="test")
    everything = store.comments()
    store.close()
    assert everything["comment_id"].tolist()[:2] == [
        "https://courier.example/0#0",
        "https://courier.example/0#1",
    ]
    result = CliRunner().invoke(main, ["campaigns"])
    assert result.exit_code == 0, result.stderr
    assert "1 campaign of 3 comments among 6" in result.stderr


def test_a_parent_in_the_same_table_is_quoted_without_counting(own_store):
    rows = [{"comment_id": "p", "article_url": "a", "text": PASTED}]
    rows += [
        {"comment_id": str(n), "parent_id": "p", "article_url": "a", "text": f'"{PASTED}" {own}'}
        for n, own in enumerate(OTHERS)
    ]
    path = own_store / "in.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert groups(read_table(path)) == []


def test_a_table_without_texts_is_one_line(own_store):
    path = own_store / "in.csv"
    path.write_text("comment\nhello\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["campaigns", str(path)])
    assert result.exit_code == 1
    assert "no column 'text'" in result.stderr
