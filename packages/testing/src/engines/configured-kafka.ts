import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@shop/postgres-server';
import { GenericContainer, Wait } from 'testcontainers';
import { waitFor } from '../wait-for.ts';
import { type Container, images } from './containers.ts';
import { connectTo } from './kafka.ts';

export interface ConfiguredKafka {
  /** As the image of Apache Kafka takes them, KAFKA_…; where it listens is decided here. */
  readonly settings: Readonly<Record<string, string>>;
  /** Who may log in. */
  readonly jaasConfig: string;
}

/** Whether this run has the means for it: a broker that the environment names has settings of its own. */
export const canStartConfiguredKafka = () =>
  Boolean(process.env['TEST_KAFKA_LIBS'] || process.env['TEST_CONTAINERS']);

/**
 * Starts a broker with settings that the tests' other one does not have: by Java from Kafka's jars, whose folder
 * TEST_KAFKA_LIBS names, else in a container.
 */
export async function startConfiguredKafka(kafka: ConfiguredKafka): Promise<Container> {
  const libs = process.env['TEST_KAFKA_LIBS'];
  return libs ? startByJava(libs, kafka) : startInContainer(kafka);
}

async function startByJava(libs: string, { settings, jaasConfig }: ConfiguredKafka): Promise<Container> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const protocol = protocolOf(settings);
  const properties = propertiesOf({
    ...settings,
    KAFKA_LISTENERS: `${protocol}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    KAFKA_ADVERTISED_LISTENERS: `${protocol}://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_QUORUM_VOTERS: `1@127.0.0.1:${controllerPort}`,
    KAFKA_LOG_DIRS: join(folder, 'data'),
  });
  const [propertiesFile, jaasFile] = [join(folder, 'server.properties'), join(folder, 'jaas.conf')];
  await writeFile(propertiesFile, properties);
  await writeFile(jaasFile, jaasConfig, { mode: 0o600 });
  const java = [
    ...['-Xms256m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    `-Djava.security.auth.login.config=${jaasFile}`,
    ...['-cp', join(libs, '*')],
  ];
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'shop-test-cluster-0000', '-c', propertiesFile];
  await promisify(execFile)('java', [...java, ...format]);
  const broker = spawn('java', [...java, 'kafka.Kafka', propertiesFile], { stdio: 'ignore' });
  const exited = once(broker, 'exit');
  await waitFor(() => connectTo(port), { timeoutMs: 60_000, what: `Kafka to listen on ${port}` });
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      broker.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startInContainer({ settings, jaasConfig }: ConfiguredKafka): Promise<Container> {
  const port = await freePort();
  const host = process.env['TESTCONTAINERS_HOST_OVERRIDE'] ?? '127.0.0.1';
  const container = await new GenericContainer(images.kafka)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({ ...settings, KAFKA_ADVERTISED_LISTENERS: `${protocolOf(settings)}://${host}:${port}` })
    .withCopyContentToContainer([{ content: jaasConfig, target: jaasFileOf(settings) }])
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/).withStartupTimeout(120_000))
    .start();
  return { address: `${host}:${port}`, stop: async () => void (await container.stop()) };
}

const jaasFileOf = ({ KAFKA_OPTS = '' }: ConfiguredKafka['settings']) => KAFKA_OPTS.split('=')[1] ?? '';
const protocolOf = ({ KAFKA_ADVERTISED_LISTENERS = '' }: ConfiguredKafka['settings']) =>
  KAFKA_ADVERTISED_LISTENERS.split('://')[0];

/** What the image makes of its environment: `sasl.enabled.mechanisms` of KAFKA_SASL_ENABLED_MECHANISMS. */
const propertiesOf = (settings: ConfiguredKafka['settings']) =>
  Object.entries(settings)
    .filter(([name]) => name.startsWith('KAFKA_') && !name.endsWith('_OPTS'))
    .map(([name, value]) => `${name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.')}=${value}\n`)
    .join('');
