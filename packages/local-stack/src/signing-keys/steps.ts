import { createPublicKey } from 'node:crypto';

/** What user_service signs tokens with, and where a change of it stands. */
export interface SigningKeys {
  /** PKCS #8 PEM, P-256. */
  readonly jwtPrivateKey: string;
  readonly keyChange?: KeyChange | undefined;
}

/**
 * The next key, private, is published and does not sign yet; or it signs by now, and the old one, of which only the
 * public half is left, is still accepted. `since` is RFC 3339 UTC.
 */
type KeyChange =
  | { readonly next: string; readonly since: string }
  | { readonly old: string; readonly since: string };

export type Step = 'publish' | 'sign' | 'forget';

/** So long may a service keep a key set before it asks for it again. */
const keySetMs = 5 * 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * What comes next, and from when on. An old key is forgotten after the longest token that it may have signed, a guest's,
 * and a day, as instances are restarted some time after the step.
 */
export function nextStep(
  { keyChange }: SigningKeys,
  guestDays: number,
): { readonly step: Step; readonly from: Date } {
  if (keyChange === undefined) return { step: 'publish', from: new Date(0) };
  const since = Date.parse(keyChange.since);
  return 'next' in keyChange
    ? { step: 'sign', from: new Date(since + keySetMs) }
    : { step: 'forget', from: new Date(since + (guestDays + 1) * dayMs) };
}

/** The keys after the next step. */
export function takeStep(
  { jwtPrivateKey, keyChange }: SigningKeys,
  { now, newKey }: { readonly now: Date; readonly newKey: () => string },
): SigningKeys {
  const since = now.toISOString();
  if (keyChange === undefined) return { jwtPrivateKey, keyChange: { next: newKey(), since } };
  if ('old' in keyChange) return { jwtPrivateKey, keyChange: undefined };
  return { jwtPrivateKey: keyChange.next, keyChange: { old: publicHalf(jwtPrivateKey), since } };
}

/** A key that nobody has seen, and no other: a next one was kept where the compromised one was. */
export const replaceKey = (newKey: () => string): SigningKeys => ({
  jwtPrivateKey: newKey(),
  keyChange: undefined,
});

/** What is published beside the key that signs: the setting JWT_PUBLIC_KEYS. */
export function publicKeysOf({ keyChange }: SigningKeys): string {
  if (keyChange === undefined) return '';
  return 'next' in keyChange ? publicHalf(keyChange.next) : keyChange.old;
}

const publicHalf = (privateKey: string) =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
