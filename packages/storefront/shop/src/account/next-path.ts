/** Where to go after signing in: a path of this shop, never another site. */
export function nextPath(params: URLSearchParams): string {
  const next = new URL(params.get('next') ?? '/', location.origin);
  return next.origin === location.origin ? `${next.pathname}${next.search}` : '/';
}
