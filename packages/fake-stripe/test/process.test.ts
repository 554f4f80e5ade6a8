import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sdkFor, temporaryFolder } from './support/stripe-harness.ts';

// The built program, as `pnpm test` builds it first.
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await folder.remove();
});

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

/** The port, once the program says that it listens. */
async function listening(child: ReturnType<typeof run>): Promise<number> {
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const port = /"port":(\d+)/.exec(output)?.[1];
    if (port) return Number(port);
  }
  throw new Error(`it ended instead of listening: ${output}`);
}

const settings = () => ({
  PORT: '0',
  FAKE_STRIPE_DATA: join(folder.path, 'stripe.jsonl'),
  WEBHOOK_URL: 'http://127.0.0.1:1/',
  WEBHOOK_SECRET: 'whsec_1',
});

it('names all settings that are missing or wrong at once', async () => {
  const child = run({ PORT: 'eighty' });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const [code] = await once(child, 'close');
  expect(code).not.toBe(0);
  for (const name of ['PORT', 'FAKE_STRIPE_DATA', 'WEBHOOK_URL', 'WEBHOOK_SECRET']) {
    expect(errors).toContain(name);
  }
});

it('killed with -9 under load, it knows every payment that it had answered for', async () => {
  const first = run(settings());
  const stripe = sdkFor(await listening(first));
  const answered: string[] = [];
  const buyer = async () => {
    for (;;) {
      const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'eur' });
      answered.push(id);
      if (answered.length === 100) first.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: 10 }, buyer));
  expect(answered.length).toBeGreaterThanOrEqual(100);

  const second = run(settings());
  const again = sdkFor(await listening(second));
  for (const id of answered) {
    expect(await again.paymentIntents.retrieve(id)).toMatchObject({ id, amount: 500 });
  }
  second.kill('SIGTERM');
  expect((await once(second, 'exit'))[0]).toBe(0);
});
