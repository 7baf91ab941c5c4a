"""``moderation models``: which there are, and Detoxify's brought in."""

from pathlib import Path

import rich_click as click

from moderation.cli.console import examples, say
from moderation.errors import ModelError


@click.group()
def models() -> None:
    """List the models, and bring in Detoxify's."""


@models.command(name="list")
@click.argument("folders", nargs=-1, type=click.Path(file_okay=False, path_type=Path))
def list_models(folders: tuple[Path, ...]) -> None:
    """Print the packaged models and those in FOLDERS: version, size in bytes, folder.

    The three are separated by tabs; what a model was trained on and is worth stands in the
    card.md beside it.
    """
    from moderation.scorers.packaged import MODELS, read_manifest

    packaged = sorted(path.parent for path in MODELS.glob("*/manifest.json"))
    for folder in (*packaged, *folders):
        manifest = read_manifest(folder)
        size = sum(int(entry["bytes"]) for entry in manifest["files"].values())
        click.echo(f"{manifest['version']}\t{size}\t{folder}")


@models.command(
    epilog=examples(
        "moderation models import-detoxify toxic_original-c1212f89.ckpt detoxify-original/",
        "moderation score comments.csv -o out.csv --toxicity detoxify:detoxify-original/",
    )
)
@click.argument("checkpoint")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--trust",
    is_flag=True,
    help="Load a checkpoint that holds more than weights: runs whatever code is in it.",
)
def import_detoxify(checkpoint: str, folder: Path, *, trust: bool) -> None:
    """Turn a Detoxify checkpoint into a folder that needs no torch.

    CHECKPOINT is a file, a folder with one, or original, unbiased or multilingual, which are
    downloaded if they are not on this machine. Needs the extra detoxify; scoring with FOLDER
    does not.
    """
    from moderation.config import Settings
    from moderation.extraction import Extracted, extract_pages, open_targets, sample_folder
    from moderation.scorers.detoxify import library

    library()  # says so if the extra is missing
    from moderation.conversion import import_detoxify as run

    settings = Settings()
    pages = open_targets([str(sample_folder())], settings)
    probes = [
        comment.text
        for page in extract_pages(pages, timeout_s=settings.page_timeout_s)
        if isinstance(page, Extracted)
        for comment in page.thread.comments
    ]
    if not probes:
        msg = f"{sample_folder()}: no comments; install the package again"
        raise ModelError(msg)
    version = run(checkpoint, folder, probes, trusted=trust, tell=say)
    say(f"{folder}: {version}; use it with --toxicity detoxify:{folder}")
