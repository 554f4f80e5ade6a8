import express, { type Express } from 'express';
import type { FakeMailbox } from './mailbox.ts';
import { mailsPage } from './mails-page.ts';

export function createApp(mailbox: FakeMailbox): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_req, res, next) => {
    res.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    next();
  });
  app.get(['/healthz', '/readyz'], (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.get('/', (_req, res) => {
    res.type('html').send(mailsPage(mailbox.list()));
  });
  app.get('/mails', (req, res) => {
    const { to } = req.query;
    res.json({ items: mailbox.list(typeof to === 'string' ? to : undefined) });
  });
  return app;
}
