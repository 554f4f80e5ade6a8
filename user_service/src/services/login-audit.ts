import { createHmac, type KeyObject } from 'node:crypto';
import { type AuditTrail, Problem } from '@shop/service-kit';
import { canonicalEmail } from '../domain/email.ts';
import { secretOf } from '../domain/keys.ts';
import type { OpenSession } from './sessions.ts';

export interface LoginAudit {
  readonly audit: AuditTrail;
  readonly hashEmail: (email: string) => string;
}

/**
 * What stands for an email in the audit trail: always the same for the same email, and nobody without the key can find out
 * by trying which one it was.
 * @param privateKey of which that key is made
 */
export function createEmailHash(privateKey: KeyObject): LoginAudit['hashEmail'] {
  const secret = secretOf(privateKey, 'audited emails');
  return (email) =>
    createHmac('sha256', secret).update(canonicalEmail(email)).digest('base64url').slice(0, 22);
}

/** Logs in, and tells the audit trail how that ended. One that is refused as one too many is told of with the refused requests. */
export async function auditLogin(
  { email, address }: { readonly email: string; readonly address: string },
  login: () => Promise<OpenSession>,
  { audit, hashEmail }: LoginAudit,
): Promise<OpenSession> {
  const tell = (userId: number | null, outcome: string) =>
    audit.tell([{ kind: 'log-in', userId, address, details: { outcome, emailHash: hashEmail(email) } }]);
  try {
    const session = await login();
    await tell(session.user.id, 'succeeded');
    return session;
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid-credentials') await tell(null, 'failed');
    throw error;
  }
}
