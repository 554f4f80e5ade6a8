import { freePort } from '@shop/postgres-server';
import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';

// The images that docker-compose.yml runs.
export const images = {
  kafka: 'apache/kafka:4.1.0',
  elasticsearch: 'docker.elastic.co/elasticsearch/elasticsearch:8.19.2',
};

const startupMs = 120_000;

/** An engine in a container of its own. */
export interface Container {
  /** Where it is reached from here; the form depends on the engine. */
  readonly address: string;
  stop(): Promise<void>;
}

/** A Kafka of one broker, at `host:port`. The test that started it may kill it. */
export interface KafkaBroker extends Container {
  /** Ends it at once, by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again at the same address on the data that it left; it may take connections some seconds later. */
  restart(): Promise<void>;
  /** Freezes it: its connections stay open, and nothing is answered. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** Kafka tells its clients the address to come back to, so its port on this machine must be known before it starts. */
export async function startKafkaContainer(): Promise<KafkaBroker> {
  const port = await freePort();
  const host = process.env['TESTCONTAINERS_HOST_OVERRIDE'] ?? '127.0.0.1';
  const started = Wait.forLogMessage(/Kafka Server started/);
  const container = await new GenericContainer(images.kafka)
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
    .withWaitStrategy(started.withStartupTimeout(startupMs))
    .start();
  const client = await getContainerRuntimeClient();
  const inDocker = client.container.getById(container.getId());
  return {
    address: `${host}:${port}`,
    kill: async () => {
      await inDocker.kill();
      await inDocker.wait({ condition: 'not-running' });
    },
    restart: async () => inDocker.start(),
    pause: async () => inDocker.pause(),
    resume: async () => inDocker.unpause(),
    stop: async () => void (await container.stop()),
  };
}

/** Its address is a URL. */
export async function startElasticsearchContainer(): Promise<Container> {
  const healthy = Wait.forHttp('/_cluster/health?wait_for_status=yellow', 9200);
  const container = await new GenericContainer(images.elasticsearch)
    .withExposedPorts(9200)
    .withEnvironment({
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx512m',
    })
    .withWaitStrategy(healthy.withStartupTimeout(startupMs))
    .start();
  const address = `http://${container.getHost()}:${container.getMappedPort(9200)}`;
  return { address, stop: async () => void (await container.stop()) };
}
