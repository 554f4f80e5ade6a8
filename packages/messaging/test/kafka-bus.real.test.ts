import { randomUUID } from 'node:crypto';
import { createKafkaBus, createKafkaDeadLetters, type KafkaBus } from '@shop/messaging';
import { eventBusContract } from './event-bus.contract.ts';
import { silent } from './support/silent-logger.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

eventBusContract('the Kafka bus', async () => {
  const connection = { brokers, clientId: 'contract', logger: silent, prefix: `t-${randomUUID()}-` };
  const opened: KafkaBus[] = [];
  const newInstance = async () => {
    const bus = createKafkaBus(connection);
    opened.push(bus);
    await bus.connect();
    return bus;
  };
  return {
    bus: await newInstance(),
    newInstance,
    deadLetters: createKafkaDeadLetters(connection).list,
    holds: 'partition',
    close: async () => {
      await Promise.all(opened.map((bus) => bus.close()));
    },
  };
});
