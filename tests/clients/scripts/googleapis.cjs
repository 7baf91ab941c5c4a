// npm's googleapis, as OSMod uses it: ADDRESS KEY -> JSON.
const {google} = require('googleapis');

const [address, key] = process.argv.slice(2);
(async () => {
  const api = await google.discoverAPI(`${address}/$discovery/rest?version=v1alpha1`);
  const call = (method, resource) =>
    new Promise((resolve, reject) => {
      api.comments[method]({key, resource}, (error, answer) =>
        error ? reject(error) : resolve(answer.data),
      );
    });
  const request = {
    comment: {text: 'You fool', type: 'PLAIN_TEXT'},
    context: {entries: [{text: 'An article', type: 'PLAIN_TEXT'}, {text: 'A parent'}]},
    requestedAttributes: {TOXICITY: {}, 'INSULT@2': {}},
    languages: ['en'],
    spanAnnotations: true,
    doNotStore: true,
    clientToken: 'osmod',
  };
  const told = {analyze: await call('analyze', request)};
  told.suggest = await call('suggestscore', {
    comment: {text: 'You fool'},
    attributeScores: {TOXICITY: {summaryScore: {value: 1}}},
    clientToken: 'comment:osmod',
    communityId: 'clients',
  });
  try {
    await call('analyze', {comment: {text: 'x'}, requestedAttributes: {FLIRTATION: {}}});
  } catch (error) {
    told.error = {message: error.message};
  }
  console.log(JSON.stringify(told));
})();
