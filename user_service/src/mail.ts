import type { Logger, Metrics } from '@shop/service-kit';
import type pg from 'pg';
import { createSmtpTransport } from './clients/smtp.ts';
import type { UserConfig } from './config.ts';
import { createMailOutbox, noMailOutbox } from './db/mail-outbox.ts';
import { createMailRepository } from './db/mail-repository.ts';
import { createMailMetrics } from './metrics.ts';
import { createMailDelivery } from './services/mail-delivery.ts';

/** The part of the composition root that sends mails, or none where no mail server is named. */
export function createMail(
  config: Pick<UserConfig, 'mail' | 'mailMs'>,
  { pool, metrics, logger }: { readonly pool: pg.Pool; readonly metrics: Metrics; readonly logger: Logger },
) {
  const mails = createMailRepository(pool);
  const mailMetrics = createMailMetrics(metrics.registry, mails, logger);
  const { forgetOld } = mails;
  if (config.mail === undefined) {
    const start = () => logger.warn('SMTP_URL is not set: no mails are sent, and passwords cannot be reset');
    return { outbox: noMailOutbox, forgetOld, start, stop: async () => {} };
  }
  const { smtpUrl, mailFrom, storefrontUrl } = config.mail;
  const transport = createSmtpTransport({ url: smtpUrl, from: mailFrom });
  const delivery = createMailDelivery(
    { mails, transport, storefrontUrl, metrics: mailMetrics, logger },
    config.mailMs,
  );
  return { outbox: createMailOutbox(delivery.nudge), forgetOld, start: delivery.start, stop: delivery.stop };
}
