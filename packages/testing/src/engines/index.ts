export { type KafkaBroker, startElasticsearchContainer, startKafkaContainer } from './containers.ts';
export { canStartKafkaBroker, startKafkaBroker } from './kafka.ts';
