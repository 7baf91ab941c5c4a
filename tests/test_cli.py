import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from moderation.cli import main
from moderation.cli.console import Meter, plain

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
PAGES = [str(path) for path in sorted(SAMPLE.iterdir())[:2]]


@pytest.fixture(autouse=True)
def own_machine(tmp_path, monkeypatch):
    """A working directory and a user's data directory of the test's own."""
    for name in list(os.environ):
        if name.startswith("MODERATION_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def call(*arguments, input=None):  # noqa: A002 - as click's runner calls it
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=input)


def lines(text):
    return text.splitlines()


def test_help_names_the_commands_in_the_order_a_user_meets_them():
    output = call("--help").stdout
    names = [
        "demo",
        "ingest",
        "extract",
        "score",
        "serve",
        "labels",
        "learn",
        "train",
        "evaluate",
        "db",
    ]
    places = [re.search(rf"│ {name} ", output).start() for name in names]
    assert places == sorted(places)
    assert "Exit codes: 0 done; 1 something could not be done" in output


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"moderation {command}" in result.stdout


def run(*arguments):
    """Run this interpreter and return what it prints."""
    return subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_help_is_quick():
    probe = "import time, sys, moderation.cli; print(time.process_time(), *sys.modules)"
    seconds, *loaded = run("-c", probe).split()
    heavy = {"pandas", "numpy", "sqlalchemy", "streamlit", "lxml", "pyarrow", "sklearn", "httpx"}
    assert heavy.isdisjoint(loaded)
    assert float(seconds) < 0.5


def test_module_and_command_are_the_same():
    assert run("-m", "moderation", "--version").startswith("moderation ")
    assert "Usage: moderation [OPTIONS]" in run("-m", "moderation", "--help")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scor"], "moderation: No such command 'scor'."),
        (["score", "x.csv"], "moderation score: Missing option '-o' / '--output'."),
        (["score", "x.csv", "-o", "y.csv", "--attributes", "toxicity,rude"], "unknown rude; known"),
        (["extract"], "moderation extract: Missing argument 'TARGET...'."),
        (["serve", "--port", "0"], "moderation serve: Invalid value for '--port'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, message):
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = lines(result.stderr)
    assert message in line


def test_what_is_not_there_is_not_measured_and_never_passed():
    result = call("evaluate", "--datasets", "gone", "--pages", "gone", "-o", "tables")
    assert result.exit_code == 0
    assert any("jigsaw_wiki_six: not measured" in line for line in lines(result.stderr))
    assert any("extraction from html: not measured" in line for line in lines(result.stderr))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["score", "gone.csv", "-o", "out.csv"], "error: gone.csv: cannot be read"),
        (["score", "bad.csv", "-o", "out.csv"], "no column 'text'; its columns are: id, body"),
        (["score", "bad.csv", "-o", "out.xlsx"], "error: out.xlsx: ends in '.xlsx'; expected"),
        (
            ["train", "--recipe", "toxicity", "--datasets", "gone", "-o", "m"],
            "error: --datasets is gone; expected a folder",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(arguments, message):
    Path("bad.csv").write_text("id,body\n1,x\n")
    result = call(*arguments)
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert message in line


def test_wrong_setting_is_one_line():
    Path("moderation.toml").write_text("colour = 'red'")
    result = call("db", "path")
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert line.startswith("error: unknown setting 'colour'; known are database_url, ")


def test_ingest_tells_each_page_and_changes_nothing_the_second_time():
    Path("empty.html").write_bytes(b"")
    first = call("ingest", *PAGES, "empty.html", "gone.html")
    assert first.exit_code == 1
    told = lines(first.stdout)
    assert [line.split(":")[0] for line in told] == PAGES
    assert all(re.search(r": \w+, \d+ comments \(\d+ new\)$", line) for line in told)
    assert [line.split(":")[0] for line in lines(first.stderr)[:2]] == ["empty.html", "gone.html"]
    second = call("ingest", *PAGES)
    assert second.exit_code == 0
    assert all("(0 new)" in line for line in lines(second.stdout))
    assert lines(second.stderr)[-1].endswith("comments, 0 new")


def test_ingest_without_a_page_scores_what_another_model_has_not_scored(monkeypatch):
    monkeypatch.setenv("MODERATION_TOXICITY", "bulk")
    call("ingest", PAGES[0])
    assert lines(call("ingest").stderr) == ["0 comments scored"]
    monkeypatch.setenv("MODERATION_TOXICITY", "fast")
    done = call("ingest")
    assert done.exit_code == 0
    assert re.fullmatch(r"[1-9]\d* comments? scored\n", done.stderr)


def test_ingest_reads_what_extract_wrote():
    call("extract", *PAGES, "-o", "threads.jsonl")
    result = call("ingest", "threads.jsonl")
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in lines(result.stdout)] == PAGES


@pytest.mark.parametrize("name", ["scored.csv", "scored.jsonl", "scored.parquet"])
def test_what_score_wrote_is_read_back_as_the_threads_it_came_from(name):
    forum = Path(__file__).parent / "golden" / "xenforo" / "version-2.3.html"
    call("extract", *PAGES, forum, "-o", "threads.jsonl")
    assert any(
        one["quoted"] for one in json.loads(lines(Path("threads.jsonl").read_text())[2])["comments"]
    )
    call("score", "threads.jsonl", "-o", name, "--attributes", "toxicity")
    assert call("extract", name, "-o", "again.jsonl").exit_code == 0
    before, after = (
        [json.loads(line) for line in lines(Path(file).read_text())]
        for file in ("threads.jsonl", "again.jsonl")
    )
    assert [thread["comments"] for thread in after] == [thread["comments"] for thread in before]
    assert [thread["url"] for thread in after] == [thread["url"] for thread in before]


def test_extract_writes_one_json_line_a_page_and_nothing_else_to_standard_output():
    result = call("extract", *PAGES)
    assert result.exit_code == 0
    threads = [json.loads(line) for line in lines(result.stdout)]
    assert [thread["source"] for thread in threads] == PAGES
    assert all(thread["comments"] for thread in threads)
    assert len(lines(result.stderr)) == len(PAGES)


def test_extract_tells_how_a_page_was_read_on_standard_error():
    result = call("extract", "--explain", PAGES[0])
    assert len(lines(result.stdout)) == 1
    assert any("tried" in line for line in lines(result.stderr))


def test_extract_reads_standard_input():
    result = call("extract", "-", input=Path(PAGES[0]).read_bytes())
    assert json.loads(result.stdout)["source"] == "-"


def test_extract_goes_on_after_a_page_that_cannot_be_read():
    Path("empty.html").write_bytes(b"")
    result = call("extract", "empty.html", PAGES[0], "-o", "threads.jsonl")
    assert result.exit_code == 1
    assert len(lines(Path("threads.jsonl").read_text())) == 1
    assert lines(result.stderr)[0].startswith("empty.html: ")


def test_score_adds_columns_to_a_table():
    Path("in.csv").write_text("id,text\n1,What a lovely day\n2,\n")
    result = call("score", "in.csv", "-o", "out.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert lines(result.stderr) == ["out.csv: 2 rows scored, 0 not"]
    table = pd.read_csv("out.csv")
    assert table["toxicity"].notna().tolist() == [True, False]


def test_the_option_and_the_setting_choose_what_scores_toxicity(monkeypatch):
    Path("in.csv").write_text("text\nWhat a lovely day\n")
    versions = {}
    for name, kind in (("accurate", "encoder-1-"), ("bulk", "ngrams-1-")):
        assert call("score", "in.csv", "-o", "out.csv", "--toxicity", name).exit_code == 0
        versions[name] = pd.read_csv("out.csv")["scorer_versions"].item()
        assert kind in versions[name]
        monkeypatch.setenv("MODERATION_TOXICITY", name)
        call("score", "in.csv", "-o", "out.csv")
        assert pd.read_csv("out.csv")["scorer_versions"].item() == versions[name]


def test_score_tells_rows_that_cannot_be_read_by_line():
    Path("in.csv").write_text("id,text\n1,fine\n2\n")
    result = call("score", "in.csv", "-o", "out.csv")
    assert result.exit_code == 1
    assert lines(result.stderr) == [
        "in.csv:3: has 1 cell; expected 2; not scored",
        "rows that were not scored are in out.csv.rejects.jsonl",
        "out.csv: 1 rows scored, 1 not",
    ]


def test_score_takes_pages_and_threads_too():
    call("extract", *PAGES, "-o", "threads.jsonl")
    call("score", "threads.jsonl", "-o", "threads.csv")
    assert call("score", PAGES[0], "-o", "page.csv").exit_code == 0
    from_threads, from_page = pd.read_csv("threads.csv"), pd.read_csv("page.csv")
    pd.testing.assert_frame_equal(from_threads[from_threads["source"] == PAGES[0]], from_page)


def test_store_is_found_migrated_and_its_password_not_shown(monkeypatch, tmp_path):
    path = call("db", "path").stdout.strip()
    assert path == f"sqlite:///{tmp_path / 'data' / 'moderation' / 'moderation.db'}"
    result = call("db", "migrate")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["comments"] == 0
    assert call("db", "check").exit_code == 0
    monkeypatch.setenv("MODERATION_DATABASE_URL", "postgresql+psycopg://kim:secret@db:5432/desk")
    assert call("db", "path").stdout == "postgresql+psycopg://kim:***@db:5432/desk\n"


def test_a_store_that_is_not_in_order_says_so_and_fails(tmp_path):
    assert call("ingest", PAGES[0]).exit_code == 0
    with sqlite3.connect(tmp_path / "data" / "moderation" / "moderation.db") as connection:
        connection.execute("UPDATE comments SET waiting = 0")
    connection.close()
    result = call("db", "check")
    assert result.exit_code == 1
    assert "action or marks" in result.stdout


def test_labels_are_counted_and_exported():
    assert json.loads(call("labels", "count").stdout) == {"labels": 0, "by_attribute": {}}
    result = call("labels", "export", "-o", "labels.csv")
    assert result.exit_code == 0
    assert lines(result.stderr) == ["labels.csv: 0 labels"]
    assert Path("labels.csv").read_text(encoding="utf-8-sig").startswith("label_id,comment_id,")


def test_terminal_sees_no_control_characters():
    assert plain("a\x1b[31m\u202eb\nc") == "a\\x1b[31m\\u202eb\\nc"


def test_progress_bar_needs_a_terminal(capsys):
    with Meter("scoring", "rows") as meter:
        meter(1, 10)
    assert capsys.readouterr().err == ""


def test_unexpected_errors_of_the_system_are_one_line():
    result = call("extract", PAGES[0], "-o", "gone/threads.jsonl")
    assert result.exit_code == 1
    assert len(lines(result.stderr)) == 1


@pytest.fixture
def free_port(socket_enabled):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_port_that_is_taken_is_one_line(free_port):
    with socket.create_server(("127.0.0.1", free_port)):
        result = call("serve", "--no-browser", "--port", free_port)
    assert result.exit_code == 1
    (line,) = lines(result.stderr)
    assert re.search(rf"cannot listen on 127\.0\.0\.1:{free_port} .*; choose another --port", line)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_dashboard_answers_on_its_port_and_ctrl_c_stops_it(command, free_port):
    server = subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-m", "moderation", command, "--no-browser", "--port", str(free_port)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{free_port}"
        line = next(line for line in server.stderr if "dashboard" in line)
        assert line.startswith(f"dashboard: {address} ")
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:  # noqa: S310
            assert answer.read() == b"ok\n"
        assert _upgrade(address).startswith(b"HTTP/1.1 101 ")  # what the desk's page asks for
        server.send_signal(signal.SIGINT)
        api, *rest = server.stderr.read().splitlines()
        assert api == f"HTTP API:  {address}/v1alpha1/comments:analyze, {address}/v1/docs"
        assert rest == ["stopped"]
        assert server.wait(timeout=20) == 0
    finally:
        server.kill()
        server.wait()
        server.stderr.close()


def _upgrade(address):
    """Open the desk's web socket; return how the answer begins."""
    host = address.removeprefix("http://")
    name, port = host.split(":")
    asked = f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {address}\r\n"
    asked += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        connection.sendall(f"{asked}Sec-WebSocket-Key: {'A' * 22}==\r\n\r\n".encode())
        return connection.recv(1 << 12)


def test_standard_input_is_read_once_only():
    result = CliRunner().invoke(main, ["extract", "-", "-"], input="<p>x")
    assert result.exit_code == 2
    assert "standard input (-) can be read once only" in result.stderr


def test_keys_are_shown_once_and_listed_without_the_key():
    key = call("keys", "add", "coral", "--per-minute", "60").stdout.strip()
    assert key.startswith("mod-")
    assert call("keys", "add", "coral").exit_code == 1
    newer = call("keys", "rotate", "coral", "--grace-hours", "0").stdout.strip()
    rows = [json.loads(line) for line in lines(call("keys", "list").stdout)]
    assert [(row["name"], row["per_minute"], row["usable"]) for row in rows] == [
        ("coral", 60, False),
        ("coral", 60, True),
    ]
    assert lines(call("keys", "revoke", "coral").stderr) == ["1 key revoked"]
    assert call("keys", "revoke", "coral").exit_code == 1
    listed = call("keys", "list").stdout
    assert key not in listed
    assert newer not in listed


def test_the_api_lets_no_other_machine_in_without_a_key():
    result = call("api", "--host", "0.0.0.0")  # noqa: S104 - it refuses
    assert result.exit_code == 1
    assert "there is no key; `moderation keys add NAME` makes one" in result.stderr
    assert call("api", "--certificate", PAGES[0]).exit_code == 2
