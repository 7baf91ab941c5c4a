"""PyPI's perspectiveapi, which knows one host: ``ADDRESS KEY`` -> JSON."""

import json
import sys

from perspective import Attribute
from perspective.blocking import Perspective

score = Perspective(sys.argv[2]).score("You fool", [Attribute.TOXICITY, Attribute.INSULT])
print(json.dumps({"score": {"TOXICITY": score.toxicity, "INSULT": score.insult}}))
