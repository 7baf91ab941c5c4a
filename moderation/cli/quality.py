"""``moderation train`` and ``moderation evaluate``: for those who build models."""

from pathlib import Path

import rich_click as click

from moderation.cli.console import examples, say
from moderation.errors import ModerationError

FOLDER = click.Path(file_okay=False, path_type=Path)
DATASETS = click.option(
    "--datasets",
    type=FOLDER,
    envvar="MODERATION_DATASETS",
    show_envvar=True,
    default=Path("../shared/datasets"),
    show_default=True,
    help="Folder of the labelled data sets, as data/datasets.toml names them.",
)
PAGES = click.option(
    "--pages",
    type=FOLDER,
    envvar="MODERATION_PAGES",
    show_envvar=True,
    default=Path("../shared/pages"),
    show_default=True,
    help="Folder of real pages with their threads, for extraction.",
)


@click.command(
    epilog=examples(
        "moderation train --recipe toxicity --datasets ../datasets -o models/",
        "moderation train --recipe records --pages ../pages -o models/",
        "moderation train --recipe dumps --pages ../pages -o models/",
    )
)
@click.option(
    "--recipe", metavar="NAME", required=True, help="What to train; an unknown name lists them."
)
@DATASETS
@PAGES
@click.option(
    "-o", "--output", type=FOLDER, required=True, help="Folder to write the model folder into."
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="Train an encoder so long, over all sessions.",
)
@click.option("--seed", type=int, help="Seed of an encoder.")
@click.option("--resume", is_flag=True, help="Go on from its checkpoint in --output.")
def train(  # noqa: PLR0913 - one argument an option
    recipe: str, datasets: Path, pages: Path, output: Path, minutes: float | None,
    seed: int | None, *, resume: bool,
) -> None:  # fmt: skip
    """Train a packaged model again from the labelled data sets.

    --recipe names the scorer, or is "records": what tells comments on pages of no known
    platform, or "dumps": how sure the reading of a text dump is. The data are not part of
    this package: --datasets says where the sets lie, --pages where the pages.
    Encoders are trained for some --minutes and need the extra train, their teacher the
    extra teacher, too.
    """
    import logging

    from moderation.training import ON_PAGES
    from moderation.training import train as run
    from moderation.training.plan import Plan

    name, folder = ("--pages", pages) if recipe in ON_PAGES else ("--datasets", datasets)
    if not folder.is_dir():
        msg = f"{name} is {folder}; expected a folder"
        raise ModerationError(msg)
    asked = {"minutes": minutes, "seed": seed, "resume": resume or None}
    given = {name: value for name, value in asked.items() if value is not None}
    plan = Plan(**given) if given else None  # type: ignore[arg-type]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run(recipe, datasets=folder, output=output, plan=plan)


@click.command(epilog=examples("moderation evaluate --datasets ../datasets --pages ../pages"))
@DATASETS
@PAGES
@click.option(
    "-o",
    "--output",
    type=FOLDER,
    default=Path("build/evaluation"),
    show_default=True,
    help="Folder for the tables; made if it is missing.",
)
@click.option(
    "--only",
    type=click.Choice(
        ["scorers", "drift", "peers", "spans", "campaigns", "learning", "extraction"]
    ),
    help="Measure this alone; the tables of the others stay as they are.",
)
@click.option("--pin", is_flag=True, help="Raise the floors to what is measured; lowers none.")
def evaluate(datasets: Path, pages: Path, output: Path, only: str | None, *, pin: bool) -> None:
    """Measure scorers, explanations, campaigns, learning and extractors; write tables of figures.

    Extraction is measured beside trafilatura and resiliparse on the same pages, and beside
    what it is asked to reach; toxicity beside alt-profanity-check and hatesonar (extra peers).
    What is not there is reported as not measured. Ends with code 1 if a figure is below its floor
    in data/eval/floors.json.
    """
    from moderation.evaluation import MEASURABLE
    from moderation.evaluation import evaluate as run

    parts = (only,) if only else MEASURABLE
    for line in run(datasets=datasets, pages=pages, output=output, only=parts, pin=pin):
        say(line)
    say(f"written to {output}")
