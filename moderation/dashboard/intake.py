"""Putting pages in: uploaded, pasted, or fetched from addresses, with progress and a report."""

from collections.abc import Callable, Iterable, Iterator

import streamlit as st

from moderation.dashboard import resources
from moderation.dashboard.components import notice, table
from moderation.dashboard.inert import one_line
from moderation.errors import SourceError
from moderation.pipeline import PageReport, ingest
from moderation.schema import Page
from moderation.sources import is_address, open_sources

REPORT_COLUMNS = ("Page", "Platform", "Comments", "New", "Edited", "To know")
MOST_ADDRESSES = 200
"""Fetched at once; longer lists are for ``moderation ingest``."""


def add_pages() -> None:
    """Take pages by upload or paste, ingest them with progress, say per page what was found."""
    turn = st.session_state.setdefault("ingests", 0)  # new keys empty both boxes
    files = st.file_uploader(
        "Saved article pages: HTML, text dumps or thread files",
        accept_multiple_files=True,
        key=f"files-{turn}",
    )
    pasted = st.text_area(
        "Or paste one page: its HTML, or the text as copied from a browser", key=f"paste-{turn}"
    )
    listed = st.text_area("Or addresses of articles, one a line", key=f"addresses-{turn}")
    if st.button("Read the pages", key="ingest", type="primary"):
        addresses = listed.split()[:MOST_ADDRESSES]
        wrong = next((one for one in addresses if not is_address(one)), None)
        pages = [Page(file.name, file.getvalue()) for file in files]
        if pasted.strip():
            pages.append(Page("pasted page", pasted.encode(), charset="utf-8"))
        if wrong is not None:
            notice(f"“{one_line(wrong, limit=90)}” is no address; expected http://… or https://…")
        elif pages or addresses:
            st.session_state["reports"] = _ingest(pages, addresses)
            st.session_state["ingests"] = turn + 1
            st.rerun()
        else:
            notice("Choose a file, paste a page or give an address first.")


def reports() -> None:
    """Say what became of the pages put in last, until the moderator has seen it."""
    told: list[PageReport] = st.session_state.get("reports", [])
    if told:
        table(REPORT_COLUMNS, [_report_row(report) for report in told])
        st.button("Hide this report", key="hide", type="tertiary", on_click=_hide_reports)


def _hide_reports() -> None:
    st.session_state.pop("reports", None)


def _ingest(pages: list[Page], addresses: list[str]) -> list[PageReport]:
    bar = st.progress(0.0, text="Reading …")
    done: list[PageReport] = []
    wanted = len(pages) + len(addresses)

    def scored(done: int) -> None:
        bar.progress(1.0, text=f"Scored {done:,} comments")

    for report in _run(_all_pages(pages, addresses), scored):
        done.append(report)
        # An address may hold several threads.
        bar.progress(min(1.0, len(done) / wanted), text=f"Read {len(done)} of {wanted} pages")
    resources.forget_threads()
    return done


def _all_pages(pages: list[Page], addresses: list[str]) -> Iterator[Page | SourceError]:
    yield from pages
    if addresses:
        yield from open_sources(addresses, resources.settings())


def _run(
    pages: Iterable[Page | SourceError], progress: Callable[[int], None]
) -> Iterable[PageReport]:
    return ingest(
        pages,
        resources.store(),
        resources.scorers(),
        settings=resources.settings(),
        progress=progress,
    )


def _report_row(report: PageReport) -> tuple[str | int, ...]:
    told = report.problem or "; ".join(report.notes)
    counts = (report.comments, report.new, report.changed)
    return (one_line(report.source), report.platform, *counts, one_line(told))
