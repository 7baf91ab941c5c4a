"""The ``moderation`` command: each subcommand parses, calls one function, shows the result.

Subcommands import what they need when they run, so that ``--help`` answers at once.
"""

import sys
from collections.abc import Sequence
from typing import Any

import rich_click as click

from moderation import __version__
from moderation.cli.api import api, keys
from moderation.cli.campaigns import campaigns
from moderation.cli.console import examples, say
from moderation.cli.database import db
from moderation.cli.desk import demo, serve
from moderation.cli.labels import labels
from moderation.cli.learning import learn
from moderation.cli.models import models
from moderation.cli.pages import extract, ingest
from moderation.cli.quality import evaluate, train
from moderation.cli.scoring import score
from moderation.errors import ModerationError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class Moderation(click.RichGroup):
    """The group: whatever goes wrong is one line on standard error and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the subcommands in the order a user meets them."""
        return list(self.commands)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 - always "moderation", also under python -m
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 - click's signature
        **extra: Any,
    ) -> Any:
        """Run, and end the process with the documented exit code."""
        try:
            code = super().main(args, "moderation", complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "moderation"
            say(f"{path}: {error.format_message()} See '{path} --help'.")
            sys.exit(EXIT_USAGE)
        except click.Abort:
            say("interrupted; nothing was left half written")
            sys.exit(EXIT_INTERRUPTED)
        except click.ClickException as error:
            say(f"error: {error.format_message()}")
            sys.exit(EXIT_FAILED)
        except ModerationError as error:
            say(f"error: {error}")
            sys.exit(EXIT_FAILED)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            say(f"error: {where}{error.strerror or type(error).__name__}")
            sys.exit(EXIT_FAILED)
        sys.exit(code if isinstance(code, int) else 0)


GROUPS = {
    "moderation": [
        {"name": "First look", "commands": ["demo"]},
        {"name": "Comments in, scores out", "commands": ["ingest", "extract", "score"]},
        {"name": "Moderators' work", "commands": ["serve", "labels", "learn", "campaigns"]},
        {"name": "For other programs", "commands": ["api", "keys"]},
        {"name": "Models and store", "commands": ["models", "train", "evaluate", "db"]},
    ]
}
EPILOG = "\n\n".join(
    (
        examples(
            "moderation demo                             look around on made-up pages",
            "moderation ingest saved-pages/              store and score your own",
            "moderation serve                            review them",
            "moderation score comments.csv -o out.csv    score a table of any size",
            "moderation api                              answer as the Perspective API does",
        ),
        "",
        "Results go to standard output or -o FILE, everything else to standard error.",
        "Settings come from moderation.toml, then from MODERATION_* variables.",
        "",
        "Exit codes: 0 done; 1 something could not be done, and a line each says what;",
        "2 wrong usage; 130 interrupted.",
    )
)


@click.group(
    cls=Moderation,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.rich_config(
    help_config={
        "max_width": 100,
        "text_paragraph_linebreaks": "\n\n",
        "command_groups": GROUPS,
        "commands_before_options": True,
        "padding_helptext_first_line": (0, 1, 1, 1),
        "options_table_column_types": ["required", "opt_short", "opt_long", "help"],
        "options_table_help_sections": ["help", "metavar", "envvar", "default", "required"],
    }
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def main() -> None:
    """Comment moderation for news sites.

    Reads comment threads out of article pages, scores every comment (toxicity, off topic,
    political spam …), and gives moderators a desk whose decisions become labels.
    """


_COMMANDS = (
    demo, ingest, extract, score, serve, labels, learn, campaigns, api, keys, models, train,
    evaluate, db,
)  # fmt: skip
for _command in _COMMANDS:
    main.add_command(_command)
