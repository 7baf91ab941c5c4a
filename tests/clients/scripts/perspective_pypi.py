"""PyPI's perspective: ``ADDRESS KEY`` -> JSON."""

import json
import sys
import urllib.error

from perspective import PerspectiveAPI

address, key = sys.argv[1:]
client = PerspectiveAPI(key)
client.api_client.url = address + "/v1alpha1/{endpoint}"
told = {
    "analyze": client.analyze_comment("You fool", context=[{"text": "An article"}]),
    "score": client.score("You fool", tests=["TOXICITY", "INSULT"]),
    "suggest": client.suggest_score(
        "You fool", {"TOXICITY": {"summaryScore": {"value": 1.0, "type": "PROBABILITY"}}},
        client_token="comment:pypi", community_id="clients", validate=False,
    ),
}  # fmt: skip
try:
    client.analyze_comment("", validate=False)
except urllib.error.HTTPError as error:
    told["error"] = json.load(error)["error"]
print(json.dumps(told))
