"""The Streamlit dashboard: what moderators look at all day."""


def main() -> None:
    """Draw the page the address names: queue, threads or labels."""
    from moderation.dashboard.shell import draw  # noqa: PLC0415 - Streamlit loads when it is used

    draw()
