"""google-api-python-client: ``ADDRESS KEY`` -> JSON."""

import json
import sys

from googleapiclient import discovery
from googleapiclient.errors import HttpError

address, key = sys.argv[1:]
service = discovery.build(
    "commentanalyzer",
    "v1alpha1",
    developerKey=key,
    discoveryServiceUrl=f"{address}/$discovery/rest?version=v1alpha1",
    static_discovery=False,
)
comments = service.comments()
body = {"comment": {"text": "You fool"}, "requestedAttributes": {"TOXICITY": {}}}
told = {"analyze": comments.analyze(body=body).execute()}
suggestion = {
    "comment": {"text": "You fool"},
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    "clientToken": "comment:google",
    "communityId": "clients",
}
told["suggest"] = comments.suggestscore(body=suggestion).execute()
try:
    comments.analyze(body={"comment": {"text": ""}}).execute()
except HttpError as error:
    told["error"] = {"reason": error.reason, "details": error.error_details}
batch = service.new_batch_http_request()
answers = {}


def keep(request_id, response, error):
    answers[request_id] = response or {"status": error.resp.status, "reason": error.reason}


for name, text in {"first": "You fool", "empty": "", "\U0001f600 last": "A fine day"}.items():
    asked = {**body, "comment": {"text": text}, "spanAnnotations": True}
    batch.add(comments.analyze(body=asked), callback=keep, request_id=name)
batch.execute()
told["batch"] = answers
print(json.dumps(told))
