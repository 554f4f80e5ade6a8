import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { principals } from '@shop/kafka-access';
import { parse } from 'yaml';
import { filesOf, fillSecretsVolume } from '../src/bootstrap/secrets-volume.ts';
import { keepSecrets } from '../src/secrets.ts';

const live = { STRIPE_SECRET_KEY: 'sk_live_x', STRIPE_PUBLISHABLE_KEY: 'pk_live_x' };

it.each([
  ['a live key beside the demo', { ...live, STRIPE_WEBHOOK_SECRET: 'whsec_x' }, 'set SHOP_DEMO=0'],
  ['the same, where the demo is asked for', { ...live, SHOP_DEMO: 'true' }, 'set SHOP_DEMO=0'],
  ['half an account', { ...live, SHOP_DEMO: '0' }, 'STRIPE_WEBHOOK_SECRET must be'],
])('nothing of the shop in compose starts with %s', async (_what, environment, message) => {
  const volume = await mkdtemp(join(tmpdir(), 'shop-secrets-'));
  try {
    await expect(fillSecretsVolume(volume, 'postgres:5432', environment)).rejects.toThrow(message);
  } finally {
    await rm(volume, { recursive: true });
  }
});

describe('in docker-compose.yml', () => {
  const text = readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
  const { services } = parse(text, { merge: true }) as {
    services: Record<string, { environment?: Record<string, string>; ports?: string[] }>;
  };
  const settingsOf = (name: string) => services[name]?.environment ?? {};

  it('each container reads files of its own, and all of them are made', async () => {
    const own = await mkdtemp(join(tmpdir(), 'shop-secrets-'));
    const files = filesOf(await keepSecrets(own), 'postgres:5432', {});
    await rm(own, { recursive: true });
    const made = Object.entries(files).flatMap(([container, settings]) =>
      Object.keys(settings).map((setting) => `/run/secrets/${container}/${setting}`),
    );
    const read = Object.entries(services).flatMap(([name, { environment = {} }]) =>
      Object.values(environment).flatMap((value) => {
        const [path, container] = /\/run\/secrets\/([^/]+)\/\w+/.exec(value) ?? [];
        // Services of the profile `dev` take the place of the others.
        if (path !== undefined) expect(container).toBe(name.replace(/_dev$/, '_service'));
        return path ?? [];
      }),
    );
    expect([...new Set(read)].sort()).toEqual(made.sort());
  });

  it('no one does anything on Kafka who has not logged in and been given it', () => {
    const kafka = settingsOf('kafka');
    expect(kafka).toMatchObject({
      KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND: 'false',
      KAFKA_SUPER_USERS: 'User:admin',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    });
    for (const listener of kafka['KAFKA_LISTENER_SECURITY_PROTOCOL_MAP']?.split(',') ?? [])
      expect(listener).toMatch(/:SASL_/);
    expect(services['kafka']?.ports).toBeUndefined();
  });

  it.each(principals.filter((name) => name !== 'operator'))('%s is a user of its own at Kafka', (name) => {
    expect(settingsOf(name)).toMatchObject({
      KAFKA_USERNAME: name,
      KAFKA_PASSWORD_FILE: `/run/secrets/${name}/kafka_password`,
    });
    expect(settingsOf('kafka_access')).toHaveProperty(`${name.toUpperCase()}_PASSWORD_FILE`);
  });
});
