"""What one would write in ten minutes: FastAPI around Detoxify 'original', to compare with.

Random weights of the same shape: speed does not depend on what they say.
"""

import tempfile
from pathlib import Path

import click
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from moderation import extractors
from moderation.schema import Page

SAMPLE = sorted((Path(__file__).parents[1] / "data" / "sample").iterdir())


class Comment(BaseModel):
    text: str


class Request(BaseModel):
    comment: Comment


@click.command()
@click.option("--port", type=int, required=True)
def main(port: int) -> None:
    """Serve it."""
    from detoxify_checkpoints import bert_base  # noqa: PLC0415 - imports torch

    from moderation.scorers.checkpoint import opened  # noqa: PLC0415 - likewise

    app = FastAPI()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = bert_base(Path(folder, "made"), _comments())
        model = opened(checkpoint).library

        @app.post("/v1alpha1/comments:analyze")
        def analyze(request: Request) -> dict[str, float]:
            return {
                name: float(value) for name, value in model.predict(request.comment.text).items()
            }

        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def _comments() -> list[str]:
    pages = [Page(source=path.name, body=path.read_bytes()) for path in SAMPLE]
    return [one.text for page in pages for one in extractors.extract(page).comments]


if __name__ == "__main__":
    main()
