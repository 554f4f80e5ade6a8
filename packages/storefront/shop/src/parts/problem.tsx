import { Link, useLocation } from 'wouter-preact';
import { Declined, type Failure, failureOf } from '../failure.ts';
import { type Way, wordsFor } from '../words.ts';

const unknown = ['Something went wrong.', 'retry'] as const;

interface Props {
  /** What a request threw; nothing is shown without it. */
  readonly error: unknown;
  /** Does again what has failed. */
  readonly onRetry?: () => void;
}

/** What went wrong, in words that a customer understands, and the way on. */
export function Problem({ error, onRetry }: Props) {
  if (!error) return null;
  if (error instanceof Declined) {
    return (
      <p class="note bad" role="alert">
        {error.message}
      </p>
    );
  }
  const failure = failureOf(error);
  const [text, way] = wordsFor(failure.code) ?? unknown;
  return (
    <div class="note bad stack" role="alert">
      <p>{text}</p>
      <Details {...failure} />
      {way && <WayOn way={way} onRetry={onRetry} />}
    </div>
  );
}

/** What of it is not right, where the problem says so. */
function Details({ code, requestId, shortages = [], products = [] }: Failure) {
  const isFault = code === 'internal-error' || wordsFor(code) === undefined;
  return (
    <>
      {shortages.map(({ productId, name, available }) => (
        <p key={productId}>{`${name ?? 'In stock'}: ${available} left`}</p>
      ))}
      {products.map(({ productId, name }) => (
        <p key={productId}>{name}</p>
      ))}
      {isFault && requestId && <p class="small">If it stays so, tell us this number: {requestId}</p>}
    </>
  );
}

const links: Partial<Record<Way, readonly [to: string, text: string]>> = {
  catalogue: ['/', 'See all products'],
  cart: ['/cart', 'Go to the cart'],
  orders: ['/orders', 'See your orders'],
};

function WayOn({ way, onRetry }: { way: Way; onRetry: (() => void) | undefined }) {
  const [path] = useLocation();
  const next = encodeURIComponent(path);
  const retry = way === 'retry' ? onRetry : undefined;
  const [to, text] = links[way] ?? [];
  if (to === path) return null;
  if (way === 'sign-in') return <Link href={`/sign-in?next=${next}`}>Sign in</Link>;
  if (way === 'register') return <Link href={`/register?next=${next}`}>Make an account</Link>;
  if (to !== undefined) return <Link href={to}>{text}</Link>;
  return (
    <div>
      <button type="button" onClick={retry ?? (() => location.reload())}>
        {retry ? 'Try again' : 'Load the page again'}
      </button>
    </div>
  );
}
