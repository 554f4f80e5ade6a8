import { runCommand } from './command.ts';
import { openLetters } from './letters.ts';

try {
  const code = await runCommand(process.argv.slice(2), () => openLetters(process.env, process.cwd()), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
  process.exitCode = code;
} catch (error) {
  const why = (error as Error).message || (error as { code?: string }).code;
  process.stderr.write(`${why}\nDoes the shop run? Start it with: npx pnpm start\n`);
  // Not when all is quiet: after a time limit KafkaJS goes on trying for a while.
  process.exit(1);
}
