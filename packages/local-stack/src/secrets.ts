import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the services of this stack trust each other by; made once, kept in the data folder. */
export interface Secrets {
  readonly postgresPassword: string;
  readonly rolePasswords: {
    readonly users: string;
    readonly catalog: string;
    readonly orders: string;
    readonly messaging: string;
  };
  /** PKCS #8 PEM, P-256. */
  readonly jwtPrivateKey: string;
  readonly webhookSecret: string;
}

/** The secrets of the data folder; made when there are none yet. */
export async function keepSecrets(dataDir: string): Promise<Secrets> {
  const file = join(dataDir, 'secrets.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secrets = makeSecrets();
  await writeDurably(file, JSON.stringify(secrets, null, 2));
  return secrets;
}

function makeSecrets(): Secrets {
  const random = () => randomBytes(24).toString('base64url');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    postgresPassword: random(),
    rolePasswords: { users: random(), catalog: random(), orders: random(), messaging: random() },
    jwtPrivateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    webhookSecret: `whsec_${random()}`,
  };
}

/** Whole or not at all, also when we die here: the database's passwords are in it. */
async function writeDurably(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w', 0o600);
  await handle.writeFile(content);
  await handle.sync();
  await handle.close();
  await rename(draft, file);
}
