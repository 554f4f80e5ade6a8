import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Rule } from './account-rules.ts';
import { canonicalEmail } from './email.ts';
import { secretOf } from './keys.ts';

const longestToken = 200;

/** One that is not valid is as good as none. */
export const deviceTokenRule: Rule = (value) => {
  const { length } = [...value];
  return length <= longestToken ? undefined : `must have at most ${longestToken} characters, not ${length}`;
};

export type DeviceTokens = ReturnType<typeof createDeviceTokens>;

/**
 * Tokens that say: this device has opened the account with this email before ("device cookies" of OWASP). One opens
 * nothing. Nothing is stored of them: a random name of the device, and an HMAC of it and the email.
 * @param privateKey of which the secret is made
 */
export function createDeviceTokens(privateKey: KeyObject) {
  const secret = secretOf(privateKey, 'device tokens');
  const macOf = (device: string, email: string) =>
    createHmac('sha256', secret)
      .update(`${device}\n${canonicalEmail(email)}`)
      .digest();

  /** The name of the device, if the token is one of this account. */
  const read = (token: string | undefined, email: string): string | undefined => {
    const [device = '', given = ''] = token?.split('.') ?? [];
    const mac = Buffer.from(given, 'base64url');
    const expected = macOf(device, email);
    return mac.length === expected.length && timingSafeEqual(mac, expected) ? device : undefined;
  };

  return {
    read,
    /** That of a device that has just opened the account: the one that it has, if that is valid, else a new one. */
    tokenFor: (email: string, present?: string): string => {
      if (present !== undefined && read(present, email) !== undefined) return present;
      const device = randomBytes(16).toString('base64url');
      return `${device}.${macOf(device, email).toString('base64url')}`;
    },
  };
}
