import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readElasticsearchSettings } from '../src/elasticsearch-settings.ts';
import { openClient } from '../src/search/elasticsearch/client.ts';

/** What Elasticsearch is told of who asks. */
async function authorizationFor(environment: Record<string, string>, user = ''): Promise<string | undefined> {
  let authorization: string | undefined;
  const server = createServer((req, res) => {
    authorization = req.headers.authorization;
    res
      .writeHead(200, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' })
      .end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://${user}127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = readElasticsearchSettings({ ELASTICSEARCH_URL: url, ...environment });
  if (settings === undefined) throw new Error('no Elasticsearch is set');
  const client = await openClient(settings);
  await client.info();
  await client.close();
  server.close();
  return authorization;
}

it('is asked by nobody in particular, by a user of its URL, or with an API key', async () => {
  expect(await authorizationFor({})).toBeUndefined();
  const basic = Buffer.from('shop:p@ss').toString('base64');
  expect(await authorizationFor({}, 'shop:p%40ss@')).toBe(`Basic ${basic}`);
  expect(await authorizationFor({ ELASTICSEARCH_API_KEY: 'a2V5' })).toBe('ApiKey a2V5');
});
