import type { FieldError } from '@shop/service-kit';
import { problem } from '../problems.ts';
import { canonicalUsername, type Rule, tokenRule, usernameRule } from './account-rules.ts';
import { deviceTokenRule } from './device-token.ts';
import { emailRule, givenEmailRule, shownEmail } from './email.ts';
import { givenPasswordRule, newPasswordRule, type PasswordOwner } from './password-rules.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** By what a user with a second factor proves it: a code of the authenticator app, or a recovery code. */
export interface SecondFactorProof {
  readonly totp: string | undefined;
  readonly recoveryCode: string | undefined;
}

export interface Login extends Credentials, SecondFactorProof {
  readonly deviceToken: string | undefined;
}

export interface Registration extends Credentials {
  readonly username: string;
}

const longestRecoveryCode = 64;

const totpRule: Rule = (value) => (/^\d{6}$/.test(value) ? undefined : 'must be 6 digits');
const recoveryCodeRule: Rule = ({ length }) =>
  length <= longestRecoveryCode
    ? undefined
    : `must have at most ${longestRecoveryCode} characters, not ${length}`;

const profileRules = { username: usernameRule, email: emailRule };

/** @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readRegistration(body: unknown): Registration {
  const rules = { ...profileRules, password: newPasswordRule(readMembers(body)) };
  const { username, email, password } = readAll<Registration>(body, rules);
  return { username: canonicalUsername(username), email: shownEmail(email), password };
}

export type ProfileChange = Partial<Pick<Registration, 'username' | 'email'>>;

/** A change, and what shows that it is the user's wish where they ask for another email. */
export type ProfileRequest = ProfileChange & Partial<Pick<PasswordChange, 'currentPassword'>>;

/** @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readProfileRequest(body: unknown): ProfileRequest {
  const members = readMembers(body);
  const known = { ...profileRules, currentPassword: givenPasswordRule };
  const rules = Object.entries(known).filter(([field]) => Object.hasOwn(members, field));
  refuse([...textErrors(members, Object.fromEntries(rules)), ...unknownFields(members, known)]);
  const { username, email, currentPassword } = members as ProfileRequest;
  if (username === undefined && email === undefined)
    refuse([{ field: 'body', message: 'must have username or email' }]);
  return {
    ...(username !== undefined && { username: canonicalUsername(username) }),
    ...(email !== undefined && { email: shownEmail(email) }),
    ...(currentPassword !== undefined && { currentPassword }),
  };
}

/** Other members are ignored. @throws Problem `validation-failed` naming every field that is wrong */
export function readLogin(body: unknown): Login {
  const members = readMembers(body);
  const optional = { deviceToken: deviceTokenRule, totp: totpRule, recoveryCode: recoveryCodeRule };
  const given = Object.entries(optional).filter(([field]) => Object.hasOwn(members, field));
  const rules = { email: givenEmailRule, password: givenPasswordRule, ...Object.fromEntries(given) };
  refuse(textErrors(members, rules));
  const { email, password, deviceToken, totp, recoveryCode } = members as unknown as Login;
  return { email: shownEmail(email), password, deviceToken, totp, recoveryCode };
}

/** That of the caller, entered again. @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readPassword(body: unknown): string {
  return readAll<Pick<Credentials, 'password'>>(body, { password: givenPasswordRule }).password;
}

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * @param owner whose password it is to be
 * @throws Problem `validation-failed` naming every field that is wrong or unknown
 */
export function readPasswordChange(body: unknown, owner: PasswordOwner): PasswordChange {
  return readAll<PasswordChange>(body, {
    currentPassword: givenPasswordRule,
    newPassword: newPasswordRule(owner),
  });
}

/**
 * What shows that the user wants their account deleted; a guest, who has no password, sends no body.
 * @throws Problem `validation-failed` naming every field that is wrong or unknown
 */
export function readErasure(body: unknown = {}): Partial<Pick<PasswordChange, 'currentPassword'>> {
  const members = readMembers(body);
  const rules = { currentPassword: givenPasswordRule };
  const given = Object.hasOwn(members, 'currentPassword') ? rules : {};
  refuse([...textErrors(members, given), ...unknownFields(members, rules)]);
  return members;
}

/** @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readResetRequest(body: unknown): Pick<Credentials, 'email'> {
  const { email } = readAll<Pick<Credentials, 'email'>>(body, { email: givenEmailRule });
  return { email: shownEmail(email) };
}

export interface PasswordReset {
  /** Of the link of a mail. */
  readonly token: string;
  readonly newPassword: string;
}

/** @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readPasswordReset(body: unknown): PasswordReset {
  return readAll<PasswordReset>(body, { token: tokenRule, newPassword: newPasswordRule({}) });
}

/** Once it is known whose password it is to be. @throws Problem `validation-failed` */
export function requireNotOwnName({ newPassword }: PasswordReset, owner: PasswordOwner): void {
  refuse(textErrors({ newPassword }, { newPassword: newPasswordRule(owner) }));
}

/** @throws Problem `validation-failed` naming every field that is wrong or unknown */
export function readLinkToken(body: unknown): string {
  return readAll<Pick<PasswordReset, 'token'>>(body, { token: tokenRule }).token;
}

type Members = Readonly<Record<string, unknown>>;

/** All of these members, and no others. */
function readAll<T>(body: unknown, rules: Readonly<Record<keyof T & string, Rule>>): T {
  const members = readMembers(body);
  refuse([...textErrors(members, rules), ...unknownFields(members, rules)]);
  return members as unknown as T;
}

function readMembers(body: unknown): Members {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Members;
  const message = `must be a JSON object, not ${kindOf(body)}`;
  throw problem('validation-failed', { errors: [{ field: 'body', message }] });
}

/** What is wrong with the members that the rules name; they are texts when nothing is. */
function textErrors(members: Members, rules: Readonly<Record<string, Rule>>): FieldError[] {
  return Object.entries(rules).flatMap(([field, rule]) => {
    const value = members[field];
    const message = typeof value === 'string' ? rule(value) : mustBeText(value);
    return message === undefined ? [] : [{ field, message }];
  });
}

const unknownFields = (members: Members, rules: object): FieldError[] =>
  Object.keys(members)
    .filter((field) => !Object.hasOwn(rules, field))
    .map((field) => ({ field, message: 'is not known' }));

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
