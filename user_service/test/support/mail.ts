import { createFakeMail, type ReceivedMail } from '@shop/fake-mail';
import { waitFor } from '@shop/testing';
import { type HarnessOptions, startHarness } from './harness.ts';

const storefront = 'https://storefront.test';

/** The service beside a mail server. */
export async function startMailHarness({ environment, ...options }: HarnessOptions = {}) {
  const server = createFakeMail();
  const { smtpUrl } = await server.start();
  const shop = await startHarness({
    ...options,
    environment: {
      SMTP_URL: smtpUrl,
      MAIL_FROM: 'Shop <shop@shop.test>',
      STOREFRONT_URL: storefront,
      MAIL_MS: '30',
      ATTEMPTS_FACTOR: '1000',
      ...environment,
    },
  });
  /** The newest mail to an address with this subject, once there are so many of them. */
  const mailTo = async (address: string, subject: RegExp, count = 1) => {
    const found = () => server.mails(address).filter((mail) => subject.test(mail.subject));
    await waitFor(() => found().length >= count);
    return found()[0] as ReceivedMail;
  };
  return {
    ...shop,
    server,
    mailTo,
    /** The token of the link in such a mail. */
    tokenTo: async (address: string, subject: RegExp, count?: number) => {
      const { text } = await mailTo(address, subject, count);
      const [, page, token] = /^https:\/\/storefront\.test\/([a-z-]+)#token=([\w-]{43})$/m.exec(text) ?? [];
      return { page, token: String(token) };
    },
    /** Has what waits tried again now. */
    tryNow: () => shop.database.sql('UPDATE mails SET next_try_at = now() WHERE next_try_at IS NOT NULL'),
    /** What waits and what was sent, to users of this id. */
    mailsOf: (userId: number) =>
      shop.database.sql<{
        id: string;
        kind: string;
        tries: number;
        recipient: string | null;
        sent_at: Date | null;
      }>('SELECT * FROM mails WHERE user_id = $1 ORDER BY created_at, kind', [userId]),
    stop: async () => {
      await shop.stop();
      await server.stop();
    },
  };
}

export type MailHarness = Awaited<ReturnType<typeof startMailHarness>>;
