import { addressOf } from '@shop/service-kit';
import { type RequestHandler, type Response, Router } from 'express';
import type { Account, Profile } from '../db/user-repository.ts';
import { readLinkToken, readPasswordReset, readResetRequest } from '../domain/account-input.ts';
import type { Schemas } from '../generated/openapi.ts';
import { requestVerification, verifyEmail } from '../services/email-verification.ts';
import { type MailboxDeps, requestPasswordReset, resetPassword } from '../services/password-reset.ts';
import { currentProfile, requireAccount } from './current-profile.ts';

/**
 * What users ask for by mail, and what they do by the links in the mails: on any device, without a token of a session.
 * @param current lets pass who is logged in
 */
export function mailRoutes(deps: MailboxDeps, current: readonly RequestHandler[]): Router {
  const router = Router();

  router.post('/password-resets', async (req, res: Response<Schemas['Requested']>) => {
    await requestPasswordReset(readResetRequest(req.body).email, addressOf(req), deps);
    const message = 'If there is an account with this email, a mail with a link is on its way.';
    res.set('Cache-Control', 'no-store').status(202).json({ message });
  });

  router.post('/password-resets/confirm', async (req, res) => {
    await resetPassword(readPasswordReset(req.body), addressOf(req), deps);
    res.set('Cache-Control', 'no-store').status(204).end();
  });

  router.post(
    '/email-verifications',
    ...current,
    requireAccount,
    async (req, res: Response<Schemas['Requested']>) => {
      await requestVerification(currentProfile(res) as Account & Profile, addressOf(req), deps);
      res
        .status(202)
        .json({ message: 'Unless the email is verified already, a mail with a link is on its way.' });
    },
  );

  router.post('/email-verifications/confirm', async (req, res) => {
    await verifyEmail(readLinkToken(req.body), deps);
    res.set('Cache-Control', 'no-store').status(204).end();
  });

  return router;
}
