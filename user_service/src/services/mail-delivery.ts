import { type Job, type Logger, schedule } from '@shop/service-kit';
import { type DueMail, type MailRepository, mailBatch } from '../db/mail-repository.ts';
import {
  isLinkPurpose,
  MailRefusedError,
  type MailTransport,
  mostTries,
  retrySeconds,
  writeMail,
} from '../domain/mail.ts';
import { hashToken, newToken } from '../domain/random-token.ts';
import type { MailMetrics } from '../metrics.ts';

export interface MailDeliveryDeps {
  readonly mails: MailRepository;
  readonly transport: MailTransport;
  readonly storefrontUrl: string;
  readonly metrics: MailMetrics;
  readonly logger: Logger;
}

/**
 * Sends what is due, some mails at a time. A crash loses none: one that was claimed is tried again after two minutes, so
 * it may come twice, with the same Message-ID.
 * @returns whether there are more
 */
export async function sendDueMails(deps: MailDeliveryDeps): Promise<boolean> {
  const due = await deps.mails.claim();
  const ends = await Promise.allSettled(due.map((mail) => sendMail(mail, deps)));
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return due.length === mailBatch;
}

async function sendMail(due: DueMail, deps: MailDeliveryDeps): Promise<void> {
  const { mails, transport, metrics } = deps;
  const { id, kind } = due;
  const mail = await write(due, deps);
  if (mail === undefined) return mails.remove(id);
  try {
    await transport.send(mail);
  } catch (error) {
    return failed(due, error, deps);
  }
  metrics.ended(kind, 'sent');
  await mails.markSent(id);
}

/** A token of its own for each try: none of them has to be kept, and whichever of several copies is read works. */
async function write(due: DueMail, { mails, storefrontUrl }: MailDeliveryDeps) {
  const { id, kind, recipient } = due;
  if (recipient === null) return undefined;
  const token = newToken();
  if (isLinkPurpose(kind) && !(await mails.addToken(kind, due, hashToken(token)))) return undefined;
  return { id, recipient, ...writeMail(kind, storefrontUrl, token) };
}

async function failed(due: DueMail, error: unknown, { mails, metrics, logger }: MailDeliveryDeps) {
  const { id: mailId, kind, userId, tries } = due;
  const about = { mailId, kind, userId, tries, ...reasonOf(error) };
  if (error instanceof MailRefusedError || tries >= mostTries) {
    await mails.giveUp(mailId);
    metrics.ended(kind, 'given-up');
    logger.error(about, 'a mail could not be sent and is given up');
  } else {
    await mails.tryLater(mailId, retrySeconds(tries));
    metrics.ended(kind, 'failed');
    logger.warn(about, 'a mail could not be sent and will be tried again');
  }
}

/** Not the words of a server that has refused: they name the mailbox. */
function reasonOf(error: unknown) {
  const { message, cause } = error as Error;
  const { code, responseCode, command } = (cause ?? error) as Record<string, unknown>;
  return { code, responseCode, command, ...(responseCode === undefined && { why: message }) };
}

/** Sends mails again and again, and soon after a nudge, from `start` on. */
export function createMailDelivery(deps: MailDeliveryDeps, pauseMs: number) {
  let job: Job | undefined;
  return {
    nudge: () => job?.runSoon(),
    start: () => {
      job = schedule(pauseMs, () => sendDueMails(deps), deps.logger);
    },
    stop: async () => {
      await job?.stop();
      deps.transport.close();
    },
  };
}
