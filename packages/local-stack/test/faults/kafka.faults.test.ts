import { battery } from './battery.ts';
import { hasKafka, openKafkaWorld } from './worlds.ts';

// `pnpm test:faults` says so.
const describeWithKafka = hasKafka() ? describe : describe.skip;
describeWithKafka('the shop on Kafka', () => battery('Kafka', openKafkaWorld));
