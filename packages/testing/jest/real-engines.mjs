import { startThrowawayPostgres, stopThrowawayPostgres } from './throwaway-postgres.mjs';

const kafkaImage = 'apache/kafka:4.1.0';
const elasticsearchImage = 'docker.elastic.co/elasticsearch/elasticsearch:8.19.2';

const advice = `The tests on real engines need Kafka, Elasticsearch and PostgreSQL. Either
  - start Docker, and they start their own by testcontainers, or
  - name servers that you have: KAFKA_BROKERS=host:9092 ELASTICSEARCH_URL=http://host:9200 npx pnpm test:real`;

const started = [];

/** Takes the servers that the environment names, and starts the others in containers. */
export async function startRealEngines() {
  const missing = ['KAFKA_BROKERS', 'ELASTICSEARCH_URL'].filter((name) => !process.env[name]);
  if (missing.length > 0) await startContainers(missing);
  await startThrowawayPostgres();
}

export async function stopRealEngines() {
  await stopThrowawayPostgres();
  for (const container of started.splice(0)) await container.stop();
}

async function startContainers(missing) {
  try {
    if (missing.includes('KAFKA_BROKERS')) process.env.KAFKA_BROKERS = await startKafka();
    if (missing.includes('ELASTICSEARCH_URL')) process.env.ELASTICSEARCH_URL = await startElasticsearch();
  } catch (error) {
    await stopRealEngines();
    throw new Error(`${advice}\n\nDocker says: ${error.message}`, { cause: error });
  }
}

/** Kafka tells its clients the address to come back to, so its port on this machine must be known before it starts. */
async function startKafka() {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { freePort } = await import('@shop/postgres-server');
  const port = await freePort();
  const host = process.env.TESTCONTAINERS_HOST_OVERRIDE ?? '127.0.0.1';
  const container = await new GenericContainer(kafkaImage)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${host}:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  started.push(container);
  return `${host}:${port}`;
}

async function startElasticsearch() {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(elasticsearchImage)
    .withExposedPorts(9200)
    .withEnvironment({
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx512m',
    })
    .withWaitStrategy(
      Wait.forHttp('/_cluster/health?wait_for_status=yellow', 9200).withStartupTimeout(120_000),
    )
    .start();
  started.push(container);
  return `http://${container.getHost()}:${container.getMappedPort(9200)}`;
}
