"""``moderation learn``: moderators' decisions become corrections of the scores."""

from pathlib import Path

import rich_click as click

from moderation.cli.console import Meter, examples, say
from moderation.cli.scoring import TOXICITY
from moderation.config import Settings


@click.command(
    epilog=examples(
        "moderation learn",
        "MODERATION_DESK_MODEL=$(moderation learn) moderation ingest",
    )
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the model's folder into; desk-models beside the store if left out.",
)
@click.option("--api", is_flag=True, help="Also learn from labels that came through the HTTP API.")
@TOXICITY
def learn(output: Path | None, toxicity: str | None, *, api: bool) -> None:
    """Learn from what moderators decided: corrections of the scores, for this desk alone.

    Reads the decisions that stand and their labels, fits a correction an attribute over the
    shipped score, and keeps those that cross-validation finds better; a line an attribute says
    which, and why. Prints the folder of the model, nothing if nothing is better. The setting
    desk_model puts it to use; without the setting, all scores are the shipped ones again. An
    attribute takes 30 comments it applies to and 30 it does not (docs/learning.md).
    """
    from moderation.scorers import load
    from moderation.store import open_store
    from moderation.training.desk import learn as run

    settings = Settings.load(toxicity=toxicity)
    store = open_store(settings.store_url)
    try:
        with Meter("scoring", "comments") as meter:
            found = run(
                store,
                load(settings.toxicity),
                output or settings.desk_models,
                api=api,
                progress=meter,
            )
    finally:
        store.close()
    for outcome in found.outcomes:
        say(outcome.line)
    if found.folder is None:
        say("no model written: nothing is better than the shipped scores")
        return
    click.echo(found.folder)
    say(f'{found.version}: use it with desk_model = "{found.folder}" in moderation.toml')
