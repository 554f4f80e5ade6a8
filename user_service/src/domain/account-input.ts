import type { FieldError } from '@shop/service-kit';
import { problem } from '../problems.ts';
import {
  canonicalUsername,
  givenPasswordRule,
  newPasswordRule,
  type Rule,
  usernameRule,
} from './account-rules.ts';
import { emailRule, givenEmailRule, shownEmail } from './email.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Registration extends Credentials {
  readonly username: string;
}

/** @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readRegistration(body: unknown): Registration {
  const rules = { username: usernameRule, email: emailRule, password: newPasswordRule };
  const { members, errors } = checkTexts(body, rules);
  const unknown = Object.keys(members).filter((field) => !Object.hasOwn(rules, field));
  refuse([...errors, ...unknown.map((field) => ({ field, message: 'is not known' }))]);
  const { username, email, password } = members;
  return { username: canonicalUsername(username), email: shownEmail(email), password };
}

/** Other members are ignored. @throws Problem `validation-failed` naming every field that is wrong */
export function readCredentials(body: unknown): Credentials {
  const { members, errors } = checkTexts(body, { email: givenEmailRule, password: givenPasswordRule });
  refuse(errors);
  return { email: shownEmail(members.email), password: members.password };
}

/** The members of a body, which are the texts that the rules name once there are no errors. */
function checkTexts<K extends string>(body: unknown, rules: Record<K, Rule>) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const message = `must be a JSON object, not ${kindOf(body)}`;
    throw problem('validation-failed', { errors: [{ field: 'body', message }] });
  }
  const members = body as Record<K, string>;
  const errors: FieldError[] = [];
  for (const [field, rule] of Object.entries<Rule>(rules)) {
    const value: unknown = members[field as K];
    const message = typeof value === 'string' ? rule(value) : mustBeText(value);
    if (message !== undefined) errors.push({ field, message });
  }
  return { members, errors };
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw problem('validation-failed', { errors });
}

const mustBeText = (value: unknown) =>
  value === undefined ? 'is missing' : `must be a text, not ${kindOf(value)}`;

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
