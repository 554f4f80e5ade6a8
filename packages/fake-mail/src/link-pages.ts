import { page } from './mails-page.ts';

interface LinkPage {
  readonly path: string;
  readonly title: string;
  /** Of the gateway's API: where the token goes. */
  readonly route: string;
  readonly asksForPassword: boolean;
}

/** Where the links in the shop's mails lead: what a storefront has, as long as there is none. */
export const linkPages: readonly LinkPage[] = [
  {
    path: 'reset-password',
    title: 'Choose a new password',
    route: '/password-resets/confirm',
    asksForPassword: true,
  },
  {
    path: 'verify-email',
    title: 'Confirm your email address',
    route: '/email-verifications/confirm',
    asksForPassword: false,
  },
];

const passwordField = '<input type="password" name="newPassword" autocomplete="new-password" required> ';

export const linkPage = ({ title, route, asksForPassword }: LinkPage, apiUrl: string): string =>
  page(
    title,
    `<form>${asksForPassword ? passwordField : ''}<button>${title}</button></form><p role="status"></p>
<script>
const url = ${JSON.stringify(`${apiUrl}${route}`).replaceAll('<', '\\u003c')};
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
// It stays neither in the address bar nor in the history.
history.replaceState(null, '', location.pathname);
document.querySelector('form').onsubmit = async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ token, ...Object.fromEntries(new FormData(event.target)) });
  const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  document.querySelector('p').textContent = reply.ok ? 'Done.' : (await reply.json()).detail;
};
</script>`,
  );
