import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** 160 bits (RFC 4226, section 4). */
export const newTotpSecret = (): Buffer => randomBytes(20);

/** What all authenticator apps know; another algorithm some of them would ignore. */
const totpOf = (secret: Buffer, more: { readonly issuer?: string; readonly label?: string } = {}) =>
  new TOTP({
    ...more,
    secret: new Secret({ buffer: Uint8Array.from(secret).buffer }),
    digits: 6,
    period: 30,
  });

/** For users who type it, and the URI for those who scan it as a QR code. */
export function describeTotp(secret: Buffer, issuer: string, email: string) {
  const totp = totpOf(secret, { issuer, label: email });
  return { secret: totp.secret.base32, uri: totp.toString() };
}

/**
 * The step of 30 seconds that a code is of: the current one, or the one before or after it, as clocks differ
 * (RFC 6238, section 5.2).
 */
export function stepOf(code: string, secret: Buffer, nowMs: number): number | undefined {
  const totp = totpOf(secret);
  const delta = totp.validate({ token: code, timestamp: nowMs, window: 1 });
  return delta === null ? undefined : totp.counter({ timestamp: nowMs }) + delta;
}
