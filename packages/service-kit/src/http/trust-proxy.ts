import { isIP } from 'node:net';
import express from 'express';
import { validator } from '../config/settings.ts';

/** How many proxies stand before a service, or what their addresses are: Express' `trust proxy`. */
export type TrustProxy = number | readonly string[];

const names = ['loopback', 'linklocal', 'uniquelocal'];
const rule =
  'must be how many proxies there are, or a comma-separated list of their addresses, subnets (10.0.0.0/8), ' +
  'loopback, linklocal and uniquelocal';

/**
 * The setting TRUST_PROXY: which of those who forward requests are believed when they say, by X-Forwarded-*, who
 * called. A number of proxies, or a comma-separated list of addresses, subnets, `loopback`, `linklocal` and
 * `uniquelocal`. Not `true`, which would believe anybody.
 */
export const trustProxy = validator<TrustProxy>((input) => {
  if (/^\d{1,15}$/.test(input)) return Number(input);
  const proxies = input.split(',').map((proxy) => proxy.trim());
  for (const proxy of proxies) {
    if (/^true$/i.test(proxy))
      throw new Error(`must not be "${proxy}": then anybody could claim any address. It ${rule}`);
    if (!isProxy(proxy))
      throw new Error(`${rule}, not "${proxy}"${proxies.length > 1 ? ` (in "${input}")` : ''}`);
  }
  return proxies;
});

/** Express itself says what it can read; but it also takes 1 for the address 0.0.0.1, and 010.0.0.1 for 8.0.0.1. */
function isProxy(proxy: string): boolean {
  const [address = ''] = proxy.split('/');
  if (!names.includes(proxy) && isIP(address) === 0) return false;
  try {
    express().set('trust proxy', [proxy]);
    return true;
  } catch {
    return false;
  }
}
