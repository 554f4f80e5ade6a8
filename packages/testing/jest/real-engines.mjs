import { startThrowawayPostgres, stopThrowawayPostgres } from './throwaway-postgres.mjs';

const advice = `The tests on real engines need Kafka and Elasticsearch. Either
  - start Docker, and they start their own by testcontainers, or
  - name servers that you have: KAFKA_BROKERS=host:9092 ELASTICSEARCH_URL=http://host:9200 npx pnpm test:real`;

const started = [];

/** Takes the servers that the environment names, and starts the others in containers. */
export async function startRealEngines() {
  const missing = ['KAFKA_BROKERS', 'ELASTICSEARCH_URL'].filter((name) => !process.env[name]);
  if (missing.length > 0) await startContainers(missing);
  // The embedded PostgreSQL is a real one.
  await startThrowawayPostgres();
}

export async function stopRealEngines() {
  await stopThrowawayPostgres();
  await Promise.all(started.splice(0).map((container) => container.stop()));
}

async function startContainers(missing) {
  try {
    const engines = await import('@shop/testing/engines');
    const start = {
      KAFKA_BROKERS: engines.startKafkaContainer,
      ELASTICSEARCH_URL: engines.startElasticsearchContainer,
    };
    // One after the other: testcontainers starts a reaper for each that begins before the first one's is there.
    for (const name of missing) {
      const container = await start[name]();
      started.push(container);
      process.env[name] = container.address;
    }
    process.env.TEST_CONTAINERS = 'yes';
  } catch (error) {
    await stopRealEngines();
    throw new Error(`${advice}\n\nDocker says: ${error.message}`, { cause: error });
  }
}
