export { canStartConfiguredKafka, startConfiguredKafka } from './configured-kafka.ts';
export {
  type Container,
  type KafkaBroker,
  startElasticsearchContainer,
  startKafkaContainer,
} from './containers.ts';
export { canStartKafkaBroker, startKafkaBroker } from './kafka.ts';
