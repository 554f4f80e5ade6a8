import { readFileSync, writeFileSync } from 'node:fs';
import { publishers, topics } from '@shop/contracts';
import { describeEvents } from './support/asyncapi-document.ts';
import { toYaml } from './support/to-yaml.ts';

const file = new URL('../../../docs/asyncapi.yaml', import.meta.url);
const head =
  '# Made of packages/contracts, and held to it by its tests. To make it anew: WRITE_ASYNCAPI=1 npx pnpm test asyncapi\n';

it('keeps docs/asyncapi.yaml what the contracts say', () => {
  const text = head + toYaml(describeEvents());
  if (process.env['WRITE_ASYNCAPI'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

it('names who publishes on a topic as the contracts do, who alone may', () => {
  const sending = Object.keys(describeEvents().operations).filter((name) => name.includes('-sends-'));
  const allowed = topics.flatMap((topic) => publishers[topic].map((service) => `${service}-sends-${topic}`));
  expect(sending.sort()).toEqual(allowed.sort());
});
