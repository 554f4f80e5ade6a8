import { escapeHtml } from '@shop/service-kit';
import type { ReceivedMail } from './mailbox.ts';

const withLinks = (text: string) =>
  escapeHtml(text).replace(/https?:\/\/[^\s<>]+/g, (url) => `<a href="${url}">${url}</a>`);

const page = (content: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mails of the shop</title>
<style>body{font:16px/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #ccc;padding:1rem 0}pre{white-space:pre-wrap;font:inherit}small{color:#555}</style>
<h1>Mails of the shop</h1>
${content}
</html>
`;

export function mailsPage(mails: readonly ReceivedMail[]): string {
  const shown = mails.map(
    ({ subject, from, to, receivedAt, text }) => `<article><h2>${escapeHtml(subject)}</h2>
<small>${escapeHtml(receivedAt)}, from ${escapeHtml(from)} to ${escapeHtml(to.join(', '))}</small>
<pre>${withLinks(text)}</pre></article>`,
  );
  return page(shown.join('\n') || '<p>None yet. Register, and load this page again.</p>');
}
