import { type FieldError, invalidInput } from '@shop/service-kit';
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

/** @throws AppError `validation-failed` naming every field that is wrong */
export function readRegistration(body: unknown): Registration {
  const rules = { username: usernameRule, email: emailRule, password: newPasswordRule };
  const { username, email, password } = readTexts(body, rules);
  return { username: username.trim(), email: normaliseEmail(email), password };
}

/** @throws AppError `validation-failed` naming every field that is wrong */
export function readCredentials(body: unknown): Credentials {
  const { email, password } = readTexts(body, { email: emailRule, password: givenPasswordRule });
  return { email: normaliseEmail(email), password };
}

/** Members without a rule are ignored: a `role` in the body, say, has no effect. */
function readTexts<K extends string>(body: unknown, rules: Record<K, Rule>): Record<K, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidInput([{ field: 'body', message: `must be a JSON object, not ${kindOf(body)}` }]);
  }
  const members = body as Record<string, unknown>;
  const problems: FieldError[] = [];
  for (const [field, rule] of Object.entries<Rule>(rules)) {
    const value = members[field];
    const message = typeof value === 'string' ? rule(value) : mustBeText(value);
    if (message !== undefined) problems.push({ field, message });
  }
  if (problems.length > 0) throw invalidInput(problems);
  return members as Record<K, string>;
}

const mustBeText = (value: unknown) =>
  value === undefined ? 'is missing' : `must be a text, not ${kindOf(value)}`;

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
