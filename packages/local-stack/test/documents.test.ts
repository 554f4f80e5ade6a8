import { readFileSync } from 'node:fs';
import { problemCodesOf, wrongExamples } from '@shop/testing';
import { wordsFor } from '../../storefront/shop/src/words.ts';

it.each(['user_service', 'catalog_service', 'order_service', 'payment_service'])(
  'gives examples that fit, in the document of %s',
  async (service) => {
    const { document } = await import(service);
    expect(wrongExamples(document)).toEqual([]);
  },
);

it.each(['user_service', 'catalog_service', 'order_service', 'payment_service'])(
  'has words for customers for every problem of %s, and for its being unavailable',
  async (service) => {
    const { document } = await import(service);
    const codes = [...problemCodesOf(document), `${service.replace('_', '-')}-unavailable`];
    // Of the webhook, which the gateway does not forward.
    const others = codes.filter((code) => code !== 'invalid-signature');
    expect(others.length).toBeGreaterThan(20);
    expect(others.filter((code) => wordsFor(code) === undefined)).toEqual([]);
  },
);

/** The settings that a service asks its environment for, by trying to read them. */
function settingsOf(readConfig: (environment: NodeJS.ProcessEnv) => unknown): string[] {
  const asked = new Set<string>();
  const get = (_target: object, name: string) => void asked.add(name);
  try {
    readConfig(new Proxy({}, { get }));
  } catch {
    // Some are missing, of course.
  }
  return [...asked].filter((name) => name.endsWith('_FILE')).map((name) => name.slice(0, -'_FILE'.length));
}

const ofKafka = [
  'KAFKA_BROKERS',
  'KAFKA_PREFIX',
  'KAFKA_REPLICATION_FACTOR',
  'KAFKA_MIN_INSYNC_REPLICAS',
  'KAFKA_SESSION_TIMEOUT_MS',
];

it.each([
  ['user_service', 'user_service', []],
  ['catalog_service', 'catalog_service', ofKafka],
  ['order_service', 'order_service', ofKafka],
  ['payment_service', 'payment_service', ofKafka],
  ['@shop/storefront', 'packages/storefront', []],
])('names every setting of %s in its README and in .env.example', async (name, folder, others) => {
  const { readConfig } = await import(name);
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const [readme, example] = [read(`${folder}/README.md`), read('.env.example')];
  const settings = [...settingsOf(readConfig), ...others, 'LOG_LEVEL'];
  expect(settings).toContain('PORT');
  expect(settings.filter((setting) => !readme.includes(`\`${setting}\``))).toEqual([]);
  expect(settings.filter((setting) => !example.includes(`\n#${setting}=`))).toEqual([]);
});
