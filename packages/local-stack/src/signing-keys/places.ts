import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKept, secretsFile, writeWhole } from '../secrets.ts';
import { publicKeysOf, type SigningKeys } from './steps.ts';

/** Where keys are kept, and where user_service gets them from. */
export interface KeyPlace {
  /** @throws Error when there are none */
  read(): Promise<SigningKeys>;
  /** Also of what is there already, in case that the last write was interrupted. */
  write(keys: SigningKeys): Promise<void>;
  /** What has to be done before a step has any effect. */
  readonly restart: string;
}

const mode = 0o600;

/** The secrets of a shop that was started before. @param onWritten passes them on */
export function secretsPlace(dir: string, restart: string, onWritten = async () => {}): KeyPlace {
  const file = secretsFile(dir);
  const read = async () => {
    const kept = await readKept(file);
    if (kept?.jwtPrivateKey === undefined) throw new Error(`${file} has no key: start the shop once before.`);
    return { ...kept, jwtPrivateKey: kept.jwtPrivateKey };
  };
  return {
    read,
    write: async (keys) => {
      await writeWhole(file, JSON.stringify({ ...(await read()), ...keys }, null, 2), { mode });
      await onWritten();
    },
    restart,
  };
}

/** A folder with both settings of user_service as files, and beside them where the change stands. */
export function settingsPlace(folder: string): KeyPlace {
  const state = join(folder, 'signing-keys.json');
  const [privateKey, publicKeys] = [join(folder, 'JWT_PRIVATE_KEY'), join(folder, 'JWT_PUBLIC_KEYS')];
  return {
    read: async () =>
      (await readKept<SigningKeys>(state)) ?? { jwtPrivateKey: await readSigningKey(privateKey) },
    write: async (keys) => {
      // First, as it has all keys: what follows can be made again.
      await writeWhole(state, JSON.stringify(keys, null, 2), { mode });
      await writeWhole(privateKey, keys.jwtPrivateKey, { mode });
      await writeWhole(publicKeys, publicKeysOf(keys), { mode });
    },
    restart: `Give all instances of user_service JWT_PRIVATE_KEY and JWT_PUBLIC_KEYS as they are in ${folder} now, and restart them one after the other.`,
  };
}

async function readSigningKey(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8').catch(() => {
    throw new Error(`Put the key that signs now, in PEM format, into ${file}.`);
  });
  // OpenSSL's own message would say nothing of use.
  const key = tryTo(() => createPrivateKey(pem.replaceAll('\\n', '\n')));
  if (key?.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error(`${file} must be a private key on the curve P-256, in PEM format.`);
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
