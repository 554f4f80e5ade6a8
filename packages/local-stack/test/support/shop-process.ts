import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@shop/testing';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** `pnpm start`, as a process of its own; resolves when it has said so. */
export async function startShopProcess(
  environment: Readonly<Record<string, string>>,
  { until = 'The shop is open', onSpawn }: { until?: string; onSpawn?: (child: ChildProcess) => void } = {},
): Promise<ChildProcess> {
  // CI has colours, between the words that are waited for.
  const env = { ...process.env, ...environment, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(process.execPath, [main], { env });
  onSpawn?.(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  await waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`);
      return output.includes(until);
    },
    { timeoutMs: 30_000, what: `the shop to say "${until}"` },
  );
  return child;
}

/** @returns its exit code, or nothing when the signal ended it. */
export async function stopShopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = await exit;
  return code as number | null;
}
