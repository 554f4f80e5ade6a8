import { type Environment, readSettings, url, validator } from '@shop/service-kit';

/** The value is never repeated: it may hold a password. */
const smtpUrl = validator((input) => {
  const given = URL.canParse(input) ? new URL(input) : undefined;
  if (given === undefined || !/^smtps?:$/.test(given.protocol) || given.hostname === '')
    throw new Error('must be a URL such as smtps://user:password@mail.example.com');
  return input;
});

const mailbox = validator((input) => {
  if (
    !/^([^<>@\r\n]* <)?[^\s<>@,;]+@[^\s<>@,;]+>?$/.test(input) ||
    input.includes('<') !== input.endsWith('>')
  )
    throw new Error(`must be a mailbox such as Shop <shop@example.com>, not "${input}"`);
  return input;
});

/** How the shop sends mails. */
export interface MailSettings {
  readonly smtpUrl: string;
  readonly mailFrom: string;
  /** What the links in mails begin with. */
  readonly storefrontUrl: string;
}

const names = ['SMTP_URL', 'MAIL_FROM', 'STOREFRONT_URL'];

/**
 * All three settings, or none: then the shop sends no mails.
 * @throws ConfigError naming what is missing or wrong
 */
export function readMailSettings(environment: Environment): MailSettings | undefined {
  if (!names.some((name) => environment[name] || environment[`${name}_FILE`])) return undefined;
  return readSettings<MailSettings>(environment, {
    smtpUrl: smtpUrl({ desc: 'MAIL_FROM or STOREFRONT_URL is set, and mails need all three' }),
    mailFrom: mailbox({
      desc: 'Shop <shop@example.com>; SMTP_URL or STOREFRONT_URL is set, and mails need all three',
    }),
    storefrontUrl: url({
      desc: 'https://shop.example; SMTP_URL or MAIL_FROM is set, and mails need all three',
    }),
  });
}
