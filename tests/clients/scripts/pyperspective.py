"""PyPI's PyPerspective, which asks with an empty body first: ``ADDRESS KEY`` -> JSON."""

import json
import sys

from PyPerspective import Perspective as library
from PyPerspective.errors import InvalidAuthKey

address, key = sys.argv[1:]
if address:
    library.base_url = f"{address}/v1alpha1/comments:analyze"
client = library.Perspective(key)
comment = client.get_score("You fool", tests=["TOXICITY", "INSULT"])
told = {
    "score": {name: comment[name].score for name in ("TOXICITY", "INSULT")},
    "span": str(comment["TOXICITY"][0]),
}
try:
    library.Perspective("wrong")
except InvalidAuthKey:
    told["wrong_key"] = True
print(json.dumps(told))
