import { useEffect, useState } from 'preact/hooks';

/** The token of a link in a mail, behind `#token=`. It stays neither in the address nor in the history of the browser. */
export function useLinkToken(): string {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '');
  useEffect(() => history.replaceState(history.state, '', location.pathname), []);
  return token;
}
