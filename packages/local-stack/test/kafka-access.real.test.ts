import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { consumerGroups, publishers, type Topic, topics } from '@shop/contracts';
import {
  createEvent,
  createKafkaBus,
  createKafkaDeadLetters,
  EventRefusedError,
  encodeEvent,
  type KafkaBus,
  type WireEvent,
} from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { type Container, canStartConfiguredKafka, startConfiguredKafka } from '@shop/testing/engines';
import { parse } from 'yaml';
import { jaasConfig } from '../src/bootstrap/kafka-users.ts';

const compose = parse(readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8'), {
  merge: true,
});
const mainOf = (name: string) => fileURLToPath(new URL('../dist/main.js', import.meta.resolve(name)));
const services = ['catalog_service', 'order_service', 'payment_service'] as const;
const password = (user: string) => `the password of ${user}`;

let kafka: Container;
const opened: KafkaBus[] = [];
const logged: { msg: string; err?: { message: string } }[] = [];
const logger = createLogger({
  name: 'test',
  destination: { write: (line) => void logged.push(JSON.parse(line)) },
});

const accessOf = (username: string, secret = password(username)) => ({
  brokers: [kafka.address],
  clientId: username,
  logger,
  user: { username, password: secret, mechanism: 'scram-sha-512' as const },
});

function busOf(user: string, onCrash = (_error: Error) => {}): KafkaBus {
  const bus = createKafkaBus({ ...accessOf(user), onCrash });
  opened.push(bus);
  return bus;
}

/** A message for any topic: the brokers do not look into it. */
function messageOn(topic: Topic, key: string): WireEvent {
  const event = createEvent({ source: 'test', type: 'STOCK_RESERVED', key, data: { orderNumber: key } });
  return { ...encodeEvent(event), topic };
}

/** As `docker compose up` runs it, but for where secrets come from. */
const giveAccess = () =>
  promisify(execFile)(process.execPath, [mainOf('@shop/kafka-access')], {
    env: {
      KAFKA_BROKERS: kafka.address,
      KAFKA_USERNAME: compose.services.kafka_access.environment.KAFKA_USERNAME,
      KAFKA_PASSWORD: password('admin'),
      KAFKA_SASL_MECHANISM: compose.services.kafka_access.environment.KAFKA_SASL_MECHANISM,
      CATALOG_SERVICE_PASSWORD: password('catalog_service'),
      ORDER_SERVICE_PASSWORD: password('order_service'),
      PAYMENT_SERVICE_PASSWORD: password('payment_service'),
      DOCTOR_PASSWORD: password('doctor'),
      OPERATOR_PASSWORD: password('operator'),
    },
  });

// Without the means to start one: the broker of this run lets everyone do everything.
const describeWithKafka = canStartConfiguredKafka() ? describe : describe.skip;
describeWithKafka('the Kafka of docker-compose.yml', () => {
  beforeAll(async () => {
    const { environment: settings } = compose.services.kafka;
    kafka = await startConfiguredKafka({ settings, jaasConfig: jaasConfig(password('admin')) });
    // At every start, so also where all is there.
    for (let start = 1; start <= 2; start++) await giveAccess();
  });
  afterEach(() => Promise.all(opened.splice(0).map((bus) => bus.close())));
  afterAll(() => kafka?.stop());

  it.each(services)('lets %s publish on its topics only', async (service) => {
    const bus = busOf(service);
    await bus.connect();
    const taken: Topic[] = [];
    for (const topic of topics) {
      const outcome = await bus.publish(messageOn(topic, 'published-1')).catch((error) => error);
      if (outcome === undefined) taken.push(topic);
      else {
        expect(outcome).toBeInstanceOf(EventRefusedError);
        expect(outcome.message).toMatch(/Not authorized to access topics/);
      }
    }
    expect(taken).toEqual(topics.filter((topic) => publishers[topic].includes(service)));
  });

  it.each(
    topics.flatMap((topic) =>
      [...consumerGroups[topic], ...(topic === 'ProductEvents' ? ['catalog_search_indexer'] : [])].map(
        (group) => [group, topic] as const,
      ),
    ),
  )('lets the group %s handle %s, and dead-letter what it cannot', async (group, topic) => {
    const bus = busOf(group === 'catalog_search_indexer' ? 'catalog_service' : group);
    const publisher = busOf(publishers[topic][0] ?? '');
    await Promise.all([bus.connect(), publisher.connect()]);
    await publisher.publish(messageOn(topic, 'handled-1'));
    const handled: string[] = [];
    await bus.subscribe(group, topic, async (event) => {
      handled.push(event.key);
      if (event.key === 'handled-1') await bus.deadLetter(group, event, 'for the test');
    });
    await waitFor(() => handled.includes('handled-1'), { what: `${group} to handle it` });
  });

  it('ends who handles a topic that it may not, and says why', async () => {
    const crashes: Error[] = [];
    const bus = busOf('payment_service', (error) => crashes.push(error));
    await bus.connect();
    await bus.subscribe('payment_service', 'CatalogEvents', async () => {});
    await waitFor(() => crashes.length > 0, { what: 'the consumer to end' });
    const why = expect.stringMatching(/Not authorized to access topics/);
    expect(crashes[0]?.message).toEqual(why);
    expect(logged).toContainEqual(
      expect.objectContaining({ err: expect.objectContaining({ message: why }) }),
    );
  });

  it('keeps who joins the group of another service waiting, and says why', async () => {
    const bus = busOf('order_service');
    await bus.connect();
    await bus.subscribe('payment_service', 'OrderEvents', async () => {});
    const why = expect.objectContaining({ error: expect.stringMatching(/Not authorized to access group/) });
    await waitFor(
      () => {
        expect(logged).toContainEqual(expect.objectContaining({ kafka: why }));
        return true;
      },
      { what: 'the log to say so' },
    );
  });

  it('lets the doctor look at dead letters, and only an operator send them again', async () => {
    const [doctor, operator] = ['doctor', 'operator'].map((user) => createKafkaDeadLetters(accessOf(user)));
    const found = await doctor?.list();
    expect(found?.total).toBeGreaterThan(0);
    const ids = found?.letters.map(({ id }) => id) ?? [];
    const refused = await doctor?.redrive(ids).catch((error) => error);
    expect(JSON.stringify([refused, refused.message])).toMatch(/Not authorized to access topics/);
    expect(await operator?.redrive(ids)).toMatchObject({ count: ids.length, refused: [] });
    expect((await doctor?.list())?.total).toBe(0);
  });

  it('says in the log of a service that its password is wrong', async () => {
    const env = {
      KAFKA_BROKERS: kafka.address,
      KAFKA_USERNAME: 'payment_service',
      KAFKA_PASSWORD: 'not the one',
      JWKS_URL: 'http://127.0.0.1:1',
      USER_SERVICE_URL: 'http://127.0.0.1:1',
      ORDER_SERVICE_URL: 'http://127.0.0.1:1',
      SERVICE_SECRETS: 'a secret of thirty-two characters',
      STRIPE_SECRET_KEY: 'sk_test_x',
      STRIPE_PUBLISHABLE_KEY: 'pk_test_x',
      STRIPE_WEBHOOK_SECRET: 'whsec_x',
    };
    const service = spawn(process.execPath, [mainOf('payment_service')], { env });
    let output = '';
    service.stdout.on('data', (chunk) => {
      output += chunk;
    });
    try {
      await waitFor(() => output.includes('invalid credentials'), { what: 'the service to say so' });
      expect(output).toMatch(/Kafka.*SCRAM/);
      expect(output).not.toContain('not the one');
    } finally {
      service.kill('SIGKILL');
      await once(service, 'exit');
    }
  });
});
