import { Admin, Connection, type ConnectionOptions } from '@platformatic/kafka';
import { createKafkaBus, type KafkaBusOptions } from '@shop/messaging';
import { aclsOf, setAcls } from './acls.ts';
import { type Principal, principals, rightsOf } from './rights.ts';
import { setPasswords } from './scram.ts';

export interface AccessOptions extends KafkaBusOptions {
  /** Of those whose password is to be set; the others log in by means that an operator has given them. */
  readonly passwords: Readonly<Record<Principal, string | undefined>>;
}

/**
 * Makes the topics that are not there yet, the users, and what each of them may do; takes what they need no more. Safe
 * to repeat, also while the services run.
 * @param options who connects has to be a superuser of the brokers
 */
export async function giveAccess(options: AccessOptions): Promise<void> {
  await createTopics(options);
  const { brokers, clientId, prefix = '', passwords } = options;
  const nameOf = (principal: Principal) => `${prefix}${principal}`;
  const known = new Map<string, string>();
  for (const principal of principals) {
    const password = passwords[principal];
    if (password !== undefined) known.set(nameOf(principal), password);
  }
  if (known.size > 0) await withConnection(options, (to) => setPasswords(to, known));
  const admin = new Admin({ clientId, bootstrapBrokers: [...brokers], ...accessOf(options) });
  try {
    for (const principal of principals) {
      const user = nameOf(principal);
      await setAcls(admin, user, aclsOf(user, rightsOf(principal), prefix));
    }
  } finally {
    await admin.close();
  }
}

/** The bus makes them when it connects, and waits for brokers that have just been started. */
async function createTopics(options: KafkaBusOptions): Promise<void> {
  const bus = createKafkaBus(options);
  try {
    await bus.connect();
  } finally {
    await bus.close();
  }
}

/** Any broker will do: it hands on what the controller decides. */
async function withConnection(
  options: AccessOptions,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = new Connection(options.clientId, accessOf(options));
  const { hostname, port } = new URL(`kafka://${options.brokers[0]}`);
  await connection.connect(hostname, Number(port));
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

function accessOf({
  tls,
  user,
}: KafkaBusOptions): Pick<ConnectionOptions, 'tls' | 'sasl' | 'connectTimeout'> {
  return {
    connectTimeout: 3_000,
    ...(tls && { tls: {} }),
    ...(user && { sasl: { ...user, mechanism: mechanisms[user.mechanism] } }),
  };
}
