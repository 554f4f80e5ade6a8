import { lookup as lookUp } from 'node:dns/promises';
import { isIP } from 'node:net';
import { drainingHeader } from './server.ts';

export type Instances = ReturnType<typeof createInstances>;

export interface InstancesOptions {
  /** For tests: all addresses of a name. */
  readonly lookup?: (
    name: string,
  ) => Promise<readonly { readonly address: string; readonly family: number }[]>;
}

/** A name is looked up again, in the background, when it is used after this. */
const freshMs = 5_000;
/** For so long an instance that failed, or said that it stops, is asked only when all others have, too. */
const avoidMs = 5_000;

/**
 * The instances of a service, by their base URLs. A name of several addresses (over http: a certificate is of the name)
 * stands for as many instances.
 */
export function createInstances(urls: readonly string[], options: InstancesOptions = {}) {
  const { lookup = (name) => lookUp(name, { all: true }) } = options;
  const avoidedUntil = new Map<string, number>();
  let instances = urls;
  let turn = 0;
  let lookedUpAt = Number.NEGATIVE_INFINITY;
  const names = urls.some(isName);

  async function lookUpNames(): Promise<void> {
    instances = (await Promise.all(urls.map((url) => addressesOf(url, lookup)))).flat();
    for (const url of avoidedUntil.keys()) if (!instances.includes(url)) avoidedUntil.delete(url);
  }

  function pick(tried?: ReadonlySet<string>): string | undefined {
    const now = performance.now();
    if (names && now - lookedUpAt > freshMs) {
      lookedUpAt = now;
      // Those that were known stay; a connection fails, too, and says why.
      lookUpNames().catch(() => {});
    }
    turn += 1;
    let best: string | undefined;
    let bestUntil = Number.POSITIVE_INFINITY;
    for (let step = 0; step < instances.length; step++) {
      const url = instances[(turn + step) % instances.length] as string;
      if (tried?.has(url)) continue;
      const until = avoidedUntil.get(url) ?? 0;
      if (until <= now) {
        // One request finds out whether it is back.
        if (until > 0) avoidedUntil.set(url, now + avoidMs);
        return url;
      }
      if (until < bestUntil) [best, bestUntil] = [url, until];
    }
    return best;
  }

  return {
    /** The instance to ask next: in turn, but one that is to be avoided only when all are. */
    next: () => pick() as string,
    /** The same, of those that were not `tried`; undefined when there is none. */
    other: pick as (tried: ReadonlySet<string>) => string | undefined,
    /** It could not be reached, or did not answer in time. */
    failed: (url: string) => void avoidedUntil.set(url, performance.now() + avoidMs),
    /** It replied, and may have said that it stops. */
    replied: (url: string, headers: Readonly<Record<string, unknown>>) => {
      if (headers[drainingHeader] !== undefined) avoidedUntil.set(url, performance.now() + avoidMs);
      else if (avoidedUntil.size > 0) avoidedUntil.delete(url);
    },
  };
}

function isName(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && isIP(hostname.replace(/[[\]]/g, '')) === 0;
}

/** One URL for each address of its name. A name of one address stays, also when that is of both families. */
async function addressesOf(
  url: string,
  lookup: NonNullable<InstancesOptions['lookup']>,
): Promise<readonly string[]> {
  if (!isName(url)) return [url];
  const found = await lookup(new URL(url).hostname);
  const addressed = (family: number) =>
    found.filter((each) => each.family === family).map(({ address }) => withHost(url, address, family));
  return [addressed(4), addressed(6)].find((all) => all.length > 1) ?? [url];
}

function withHost(url: string, address: string, family: number): string {
  const addressed = new URL(url);
  addressed.hostname = family === 6 ? `[${address}]` : address;
  return addressed.href.replace(/\/$/, '');
}

/** Of errors by which a request has not been sent at all, so that it is safe to send it elsewhere. */
const notSentCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** True when no instance can have seen the request that failed so. */
export const wasNotSent = (error: unknown) => notSentCodes.has((error as { code?: string })?.code ?? '');
