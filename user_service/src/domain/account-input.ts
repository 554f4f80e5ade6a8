import type { FieldError } from '@shop/service-kit';
import { problem } from '../problems.ts';
import {
  emailRule,
  givenPasswordRule,
  newPasswordRule,
  normaliseEmail,
  type Rule,
  usernameRule,
} from './account-rules.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Registration extends Credentials {
  readonly username: string;
}

/** @throws Problem `validation-failed` naming every field that is wrong */
export function readRegistration(body: unknown): Registration {
  const rules = { username: usernameRule, email: emailRule, password: newPasswordRule };
  const { username, email, password } = readTexts(body, rules);
  return { username: username.trim(), email: normaliseEmail(email), password };
}

/** @throws Problem `validation-failed` naming every field that is wrong */
export function readCredentials(body: unknown): Credentials {
  const { email, password } = readTexts(body, { email: emailRule, password: givenPasswordRule });
  return { email: normaliseEmail(email), password };
}

/** Members without a rule are ignored: a `role` in the body, say, has no effect. */
function readTexts<K extends string>(body: unknown, rules: Record<K, Rule>): Record<K, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const message = `must be a JSON object, not ${kindOf(body)}`;
    throw problem('validation-failed', { errors: [{ field: 'body', message }] });
  }
  const members = body as Record<string, unknown>;
  const errors: FieldError[] = [];
  for (const [field, rule] of Object.entries<Rule>(rules)) {
    const value = members[field];
    const message = typeof value === 'string' ? rule(value) : mustBeText(value);
    if (message !== undefined) errors.push({ field, message });
  }
  if (errors.length > 0) throw problem('validation-failed', { errors });
  return members as Record<K, string>;
}

const mustBeText = (value: unknown) =>
  value === undefined ? 'is missing' : `must be a text, not ${kindOf(value)}`;

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
