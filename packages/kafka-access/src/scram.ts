import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { alterUserScramCredentialsV0, type Connection, ScramMechanisms } from '@platformatic/kafka';

const derive = promisify(pbkdf2);

/** Kafka takes no fewer than 4,096. The passwords are random, so that more would only slow down each log-in. */
const iterations = 8_192;

/**
 * Makes users of SCRAM-SHA-512, or sets the passwords of those that are there. Brokers get what RFC 5802 calls the
 * salted password, never the password.
 * @throws Error naming the users that the brokers refuse
 */
export async function setPasswords(
  connection: Connection,
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  const upsertions = await Promise.all(
    [...passwords].map(async ([name, password]) => {
      const salt = randomBytes(24);
      const saltedPassword = await derive(password, salt, iterations, 64, 'sha512');
      return { name, mechanism: ScramMechanisms.SCRAM_SHA_512, iterations, salt, saltedPassword };
    }),
  );
  const { results } = await alterUserScramCredentialsV0.api.async(connection, [], upsertions);
  const refused = results.filter(({ errorCode }) => errorCode !== 0);
  if (refused.length > 0)
    throw new Error(refused.map((one) => `${one.user}: ${one.errorMessage}`).join('; '));
}
