import { createTransport } from 'nodemailer';
import { type Mail, MailRefusedError, type MailTransport } from '../domain/mail.ts';

/** What nodemailer says beside the message of an error. */
interface SmtpError extends Error {
  readonly responseCode?: number;
  readonly command?: string;
}

/**
 * Sends mails by SMTP. A login is sent over TLS only.
 * @param options.url smtp: (with STARTTLS where the server has it) or smtps:
 * @param options.from the mailbox that mails come from: `Shop <shop@example.com>`
 */
export function createSmtpTransport(options: { readonly url: string; readonly from: string }): MailTransport {
  const { url, from } = options;
  const smtp = createTransport({
    url,
    pool: true,
    requireTLS: new URL(url).username !== '',
    connectionTimeout: 4_000,
    greetingTimeout: 4_000,
    socketTimeout: 10_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const [, domain = ''] = /@([^\s@>]+)>?\s*$/.exec(from) ?? [];
  return {
    send: async ({ id, recipient, subject, text }: Mail) => {
      try {
        await smtp.sendMail({
          messageId: `<${id}@${domain}>`,
          from,
          to: { name: '', address: recipient },
          subject,
          text,
          // No vacation notes (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw isRefusal(error as SmtpError) ? new MailRefusedError(reasonOf(error), { cause: error }) : error;
      }
    },
    close: () => smtp.close(),
  };
}

/** For good (RFC 5321, section 4.2.1), and because of this mail: not of the login, or of who sends it. */
const isRefusal = ({ responseCode = 0, command = '' }: SmtpError) =>
  responseCode >= 500 && responseCode < 600 && ['RCPT TO', 'DATA'].includes(command);

const reasonOf = (error: unknown) => `The mail server refuses it with ${(error as SmtpError).responseCode}.`;
