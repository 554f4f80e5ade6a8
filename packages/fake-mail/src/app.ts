import express, { type Express } from 'express';
import { linkPage, linkPages } from './link-pages.ts';
import type { FakeMailbox } from './mailbox.ts';
import { mailsPage } from './mails-page.ts';

/** @param apiUrl of the gateway, for the pages that links in mails lead to */
export function createApp(mailbox: FakeMailbox, apiUrl: string): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_req, res, next) => {
    const csp = `default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src ${new URL(apiUrl).origin}`;
    res.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': csp,
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
  for (const page of linkPages)
    app.get(`/${page.path}`, (_req, res) => {
      res.type('html').send(linkPage(page, apiUrl));
    });
  return app;
}
