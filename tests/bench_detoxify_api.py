"""What one would write in ten minutes: FastAPI around Detoxify 'original', to compare with.

Random weights of the same shape: speed does not depend on what they say.
"""

import json
import tempfile
from pathlib import Path

import click
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from moderation.scorers import EncoderScorer


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
        checkpoint = bert_base(Path(folder, "made"), _vocabulary())
        model = opened(checkpoint).library

        @app.post("/v1alpha1/comments:analyze")
        def analyze(request: Request) -> dict[str, float]:
            return {
                name: float(value) for name, value in model.predict(request.comment.text).items()
            }

        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def _vocabulary() -> list[str]:
    """BERT's word pieces by number, as the packaged encoder has them, too."""
    tokenizer = (EncoderScorer().folder / "tokenizer.json").read_text(encoding="utf-8")
    numbers = json.loads(tokenizer)["model"]["vocab"]
    return sorted(numbers, key=numbers.__getitem__)


if __name__ == "__main__":
    main()
