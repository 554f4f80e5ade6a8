import { loadDotEnv } from '../dot-env.ts';
import { runCommand } from './command.ts';
import { openDeadLetters } from './open.ts';

try {
  loadDotEnv();
  const code = await runCommand(process.argv.slice(2), () => openDeadLetters(process.env, process.cwd()), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
  process.exitCode = code;
} catch (error) {
  const why = (error as Error).message || (error as { code?: string }).code;
  const hint = process.env['KAFKA_BROKERS']
    ? 'Is this the Kafka of the shop? KAFKA_BROKERS names it, and KAFKA_PREFIX the beginning of its topics.'
    : 'Does the shop run? Start it with: npx pnpm start';
  process.stderr.write(`${why}\n${hint}\n`);
  // Not when all is quiet: after a time limit KafkaJS goes on retrying for a while.
  process.exit(1);
}
