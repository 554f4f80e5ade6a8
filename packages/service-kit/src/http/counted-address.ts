import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * What limits count as one address: an IPv4 address, or the /64 of an IPv6 one, for that is the least that one
 * customer is given, and no caller should have 2^64 attempts.
 */
export function countedAddress(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (!('parts' in address)) return address.toString();
  const network = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** Where a request comes from, as limits count it: an IPv4 address, or the /64 of an IPv6 one. `TRUST_PROXY` decides. */
export const addressOf = (req: Request): string => countedAddress(req.ip ?? 'unknown');
