export {
  type Container,
  type KafkaBroker,
  startElasticsearchContainer,
  startKafkaContainer,
  startPostgresContainer,
} from './containers.ts';
export { canStartKafkaBroker, startKafkaBroker } from './kafka.ts';
