/** Everybody who may come to a route. */
export const callers = [
  'nobody',
  'expired',
  'forged',
  'otherAudience',
  'loggedOut',
  'demoted',
  'guest',
  'otherCustomer',
  'otherService',
  'service',
  'admin',
  'customer',
] as const;
/** They change things, and come after all others: what is the customer's is theirs until the end. */
export const mightier = ['admin', 'customer'] as const;
export type Caller = (typeof callers)[number];

/**
 * `in`: the request is let in, whatever becomes of it then; else the status of the refusal. The tokens of the first columns
 * are an administrator's, but for what their names say.
 */
const table = {
  //            nobody expired forged otherAudience loggedOut demoted guest otherCustomer otherService service admin customer
  everybody: /*  */ 'in  in  in  in  in  in  in  in  in  in  in  in',
  /** Any token that is signed and has not expired; only the user service's `/validate` takes no second look. */
  tokens: /*     */ '401 401 401 401 in  in  in  in  401 401 in  in',
  users: /*      */ '401 401 401 401 401 401 in  in  401 401 in  in',
  accounts: /*   */ '401 401 401 401 401 401 403 in  401 401 in  in',
  /** The customer whose it is, and administrators. */
  owner: /*      */ '401 401 401 401 401 401 404 404 401 401 in  in',
  onlyOwner: /*  */ '401 401 401 401 401 401 404 404 401 401 404 in',
  /** The same of what no guest has. */
  onlyAccount: /**/ '401 401 401 401 401 401 403 404 401 401 404 in',
  admins: /*     */ '401 401 401 401 401 401 403 403 401 401 in  403',
  /** API keys themselves, which are no tokens. */
  keys: /*       */ '401 401 401 401 401 401 401 401 401 401 401 401',
  services: /*   */ '401 401 401 401 401 401 401 401 401 in  401 401',
} as const;

export type Rule = keyof typeof table;

/** What each caller gets by a rule. */
export function expectedBy(rule: Rule): Record<Caller, string> {
  const cells = table[rule].split(/ +/);
  if (cells.length !== callers.length) throw new Error(`The rule ${rule} has ${cells.length} cells.`);
  return Object.fromEntries(callers.map((caller, index) => [caller, cells[index]])) as Record<Caller, string>;
}
