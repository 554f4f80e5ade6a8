import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpServer, type HttpServer } from '@shop/service-kit';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createApp } from './app.ts';
import { createMailbox } from './mailbox.ts';

export type FakeMail = ReturnType<typeof createFakeMail>;

const mostBytes = 100_000;
const mostClients = 50;
const drainMs = 300;

/**
 * A mail server for development and tests: takes every mail by SMTP, without TLS and login, delivers none, and shows the
 * newest 200 on a page. They are in memory only, and in no log.
 */
export function createFakeMail() {
  const mailbox = createMailbox();
  let fault: Error | undefined;
  let smtp: SMTPServer | undefined;
  let http: HttpServer | undefined;

  const onData: SMTPServerOptions['onData'] = (stream, session, done) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostBytes) chunks.push(chunk);
    });
    stream.once('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      const failure = fault ?? (size > mostBytes ? refusal(552, 'The mail is too large.') : undefined);
      if (failure) done(failure);
      else mailbox.add(Buffer.concat(chunks), to).then(() => done(), done);
    });
  };

  return {
    /** Listens, for mails by SMTP and for readers by HTTP; port 0 takes any free one. */
    async start({ smtpPort = 0, port = 0, host = '127.0.0.1' } = {}) {
      smtp = new SMTPServer({
        disabledCommands: ['STARTTLS', 'AUTH'],
        size: mostBytes,
        maxClients: mostClients,
        disableReverseLookup: true,
        closeTimeout: drainMs,
        logger: false,
        onData,
      });
      // A client that breaks off in the middle.
      smtp.on('error', () => {});
      const listening = smtp.listen(smtpPort, host);
      await once(listening, 'listening');
      http = createHttpServer({ app: createApp(mailbox), port, host, drainMs });
      const [smtpBound, bound] = [(listening.address() as AddressInfo).port, await http.start()];
      return { port: bound, smtpUrl: `smtp://${host}:${smtpBound}`, url: `http://${host}:${bound}` };
    },
    async stop() {
      const mails = smtp;
      smtp = undefined;
      await Promise.all([http?.stop(), mails && new Promise<void>((resolve) => mails.close(resolve))]);
    },
    /** Newest first. @param to only those that were sent there */
    mails: mailbox.list,
    /** From now on each mail is answered with this SMTP code; undefined ends that. */
    refuse: (code: number | undefined) => {
      fault = code === undefined ? undefined : refusal(code, 'The mail is not taken.');
    },
  };
}

const refusal = (responseCode: number, message: string) =>
  Object.assign(new Error(message), { responseCode });
