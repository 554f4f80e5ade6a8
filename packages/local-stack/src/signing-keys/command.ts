import { parseArgs } from 'node:util';
import { newSigningKey } from '../secrets.ts';
import type { KeyPlace } from './places.ts';
import { nextStep, replaceKey, type SigningKeys, type Step, takeStep } from './steps.ts';

const usage = `Takes the next step of changing the key that signs tokens, and says when the one after it is due.

    --folder DIR           of a deployment of your own: the settings JWT_PRIVATE_KEY and JWT_PUBLIC_KEYS, as files
    --force                although it is too early
    --compromised          another key signs at once, and no token that was signed before is valid

docs/signing-keys.md has the rest.
`;

const done: Readonly<Record<Step, string>> = {
  publish: 'The next key was made, and is published beside the one that signs.',
  sign: 'The next key signs. The old one is still accepted, for the tokens that it has signed.',
  forget: 'The old key was forgotten. The change is complete.',
};

const then: Readonly<Record<Step, string>> = {
  publish: 'Run this again in a year.',
  sign: 'Run this again later, for the next key to sign: not before',
  forget: 'Run this again later, to forget the old key: not before',
};

const replaced =
  'A new key signs, and no other is accepted. Customers refresh their tokens, guests begin again. Restart the other ' +
  'services, too, or they accept the old key for five minutes.';

interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
}

/**
 * Runs the command. No key is ever printed.
 * @param placeOf where the keys are, by the option `--folder`
 * @returns the exit code: 1 when it is too early, 2 when the arguments were not understood
 */
export async function runSigningKeys(
  args: readonly string[],
  placeOf: (folder: string | undefined) => KeyPlace,
  { env, stdout }: Host,
): Promise<number> {
  const options = readArguments(args);
  if (options === undefined || options.help) {
    stdout.write(usage);
    return options === undefined ? 2 : 0;
  }
  const place = placeOf(options.folder);
  const [keys, days, now] = [await place.read(), guestDays(env['GUEST_DAYS']), new Date()];
  const say = (what: string, after: SigningKeys) => {
    const { step, from } = nextStep(after, days);
    const due = step === 'publish' ? '' : ` ${from.toISOString()}.`;
    stdout.write(`${what}\n${place.restart}\n${then[step]}${due}\n`);
  };
  if (options.compromised) {
    const after = replaceKey(newSigningKey);
    await place.write(after);
    say(replaced, after);
    return 0;
  }
  const { step, from } = nextStep(keys, days);
  if (now < from && !options.force) {
    await place.write(keys);
    stdout.write(
      `Nothing was changed: it is too early. ${then[step]} ${from.toISOString()}, or with --force.\n`,
    );
    return 1;
  }
  const after = takeStep(keys, { now, newKey: newSigningKey });
  await place.write(after);
  say(done[step], after);
  return 0;
}

function readArguments(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const options = { folder: { type: 'string' }, force: flag, compromised: flag, help: flag } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch {
    return undefined;
  }
}

/** As user_service reads it. */
function guestDays(given = ''): number {
  if (!/^([1-9]\d{0,2})?$/.test(given)) throw new Error(`GUEST_DAYS must be 1 to 999, not ${given}`);
  return Number(given || 30);
}
