import { addressOf, currentUser } from '@shop/service-kit';
import type { Request, Response } from 'express';
import type { Device } from '../db/session-repository.ts';

/** Enough to know a browser by, whatever a client sends. */
const mostCharacters = 200;

/** Node gives each byte of a header as one character; that they are UTF-8 was checked before. */
const decoded = (header: string) => Buffer.from(header, 'latin1').toString();

export function deviceOf(req: Request): Device {
  const userAgent = decoded(req.get('user-agent') ?? '').trim();
  return { userAgent: [...userAgent].slice(0, mostCharacters).join('') || null, address: addressOf(req) };
}

/** Of a caller who is logged in. */
export const originOf = (req: Request, res: Response) => ({
  address: addressOf(req),
  sid: currentUser(res).sid,
});
