// Coral's call to a custom endpoint, written after its perspective.ts: ADDRESS KEY -> JSON.
const [address, key] = process.argv.slice(2);
const TIMEOUT_MS = 800;
const MODEL = 'TOXICITY';

async function send(endpoint, operation, body) {
  const url = new URL(`${endpoint.trim()}/${operation}`);
  url.searchParams.set('key', key.trim());
  const abort = new AbortController();
  const timeout = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    return {ok: answer.ok, status: answer.status, data: await answer.json()};
  } finally {
    clearTimeout(timeout);
  }
}

const endpoint = `${address}/v1alpha1`;
const analyze = await send(endpoint, 'comments:analyze', {
  comment: {text: 'You fool'},
  context: {entries: []},
  requestedAttributes: {[MODEL]: {}},
  doNotStore: true,
});
const ids = {url: 'https://daily.example', Coral_comment_id: '7', reply_to_id_Coral_comment_id: '6'};
const suggest = await send(endpoint, 'comments:suggestscore', {
  comment: {text: 'You fool'},
  context: {entries: [{text: JSON.stringify(ids)}]},
  attributeScores: {[MODEL]: {summaryScore: {value: 1}}},
  communityId: 'Coral:https://daily.example',
  clientToken: 'comment:7',
});
console.log(
  JSON.stringify({
    score: {TOXICITY: analyze.data.attributeScores[MODEL].summaryScore.value},
    suggest: suggest.data,
  }),
);
