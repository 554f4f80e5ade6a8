import pc from 'picocolors';
import { loadDotEnv } from '../dot-env.ts';
import { readDemoSettings, type Say, StepFailed } from './shop.ts';
import { walkPurchase } from './walk.ts';

const say: Say = (step, result) => {
  process.stdout.write(`  ${pc.green('✓')} ${step.padEnd(26)} ${result}\n`);
};

try {
  loadDotEnv();
  const settings = readDemoSettings(process.env);
  process.stdout.write(`A purchase at ${settings.shopApiUrl}\n`);
  await walkPurchase(settings, say);
  process.stdout.write(`${pc.green('Every step went as promised.')}\n`);
} catch (error) {
  const failed = error instanceof StepFailed;
  process.stderr.write(`  ${pc.red('✗')} ${failed ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
