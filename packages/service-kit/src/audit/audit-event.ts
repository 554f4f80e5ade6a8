import { isDeepStrictEqual } from 'node:util';
import type { Request, Response } from 'express';
import { currentUser } from '../auth/auth.ts';
import { addressOf } from '../http/counted-address.ts';

/** Who does something, and from where. */
export interface Actor {
  readonly userId: number;
  /** As `addressOf` gives it. */
  readonly address: string;
  /** Of the API key by which they do it, if it is not they themselves. */
  readonly apiKeyId?: string;
}

/** Something that has to be known later: who did what. Neither secrets nor emails, names and postal addresses are in it. */
export interface NewAuditEvent {
  /** Stable, kebab-case: `product-updated`. */
  readonly kind: string;
  /** Null when nobody knows. */
  readonly userId: number | null;
  readonly address: string | null;
  readonly apiKeyId?: string;
  /** What it was done to, `before` and `after` of what has changed, and whatever else the kind says. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The caller, on a route behind {@link requireUser}. */
export function actorOf(req: Request, res: Response): Actor {
  const { id: userId, scopes, sid } = currentUser(res);
  return { userId, address: addressOf(req), ...(scopes !== undefined && sid && { apiKeyId: sid }) };
}

/** Of each field that differs, what it was and what it is. A thing that is new was nothing, one that is deleted is. */
export function difference<T extends object>(before: T | null, after: T | null) {
  const fields = [...new Set([before, after].flatMap((each) => Object.keys(each ?? {})))] as (keyof T)[];
  const changed = fields.filter((field) => !isDeepStrictEqual(before?.[field], after?.[field]));
  const only = (value: T | null) =>
    value && Object.fromEntries(changed.map((field) => [field, value[field]]));
  return { before: only(before), after: only(after) };
}
