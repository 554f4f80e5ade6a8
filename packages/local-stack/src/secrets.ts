import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SigningKeys } from './signing-keys/steps.ts';

/** What the services of this stack trust each other by; made once, kept in the data folder. */
export type Secrets = Readonly<ReturnType<typeof makeSecrets>> & SigningKeys;

export const secretsFile = (dataDir: string): string => join(dataDir, 'secrets.json');

/** The secrets of the data folder. Those that are not there yet are made: all of them, or what a release has added. */
export async function keepSecrets(dataDir: string): Promise<Secrets> {
  const file = secretsFile(dataDir);
  const kept = await readKept(file);
  const made = makeSecrets();
  const secrets = {
    ...made,
    ...kept,
    rolePasswords: { ...made.rolePasswords, ...kept?.rolePasswords },
    ownerPasswords: { ...made.ownerPasswords, ...kept?.ownerPasswords },
    kafkaPasswords: { ...made.kafkaPasswords, ...kept?.kafkaPasswords },
  };
  if (!isDeepStrictEqual(secrets, kept))
    await writeWhole(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

/** What a file holds, or undefined when there is none. */
export async function readKept<T = Partial<Secrets>>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

function makeSecrets() {
  const random = () => randomBytes(24).toString('base64url');
  return {
    postgresPassword: random(),
    rolePasswords: {
      users: random(),
      catalog: random(),
      orders: random(),
      messaging: random(),
      doctor: random(),
    },
    /** Of the roles that migrate. */
    ownerPasswords: { users: random(), catalog: random(), orders: random(), messaging: random() },
    /** Of the users of docker-compose.yml's broker. */
    kafkaPasswords: {
      admin: random(),
      catalog_service: random(),
      order_service: random(),
      payment_service: random(),
      doctor: random(),
    },
    jwtPrivateKey: newSigningKey(),
    webhookSecret: `whsec_${random()}`,
    /** By which services know each other's calls. */
    serviceSecret: random(),
  };
}

/** In PKCS #8 PEM. */
export const newSigningKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

/**
 * Writes a file whole or not at all, also when we die here. One that is there already is replaced, so no privilege is
 * needed to write what nobody may change.
 * @param access who may do what with it; `owner` is the number of a user and of its group
 */
export async function writeWhole(
  file: string,
  content: string,
  { mode, owner }: { readonly mode: number; readonly owner?: number },
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o400);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
    if (owner !== undefined) await handle.chown(owner, owner);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
