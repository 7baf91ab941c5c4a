// npm's perspective-api-client, which knows one host: ADDRESS KEY -> JSON.
const Perspective = require('perspective-api-client');

(async () => {
  const client = new Perspective({apiKey: process.argv[3]});
  const analyze = await client.analyze('<b>You</b> fool', {attributes: ['toxicity', 'insult']});
  const told = {analyze};
  try {
    await client.analyze('You fool', {attributes: ['flirtation']});
  } catch (error) {
    told.error = {message: error.message};
  }
  console.log(JSON.stringify(told));
})();
