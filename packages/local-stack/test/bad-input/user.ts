import {
  refusedTokens,
  unknownRoutes,
  unreadableBodies,
  withoutToken,
  wrongMethods,
} from './every-operation.ts';
import { type BadBody, type Case, inPrototype, type Row, refused, refusedBodies } from './row.ts';

const account = { username: 'Nobody', email: 'nobody@shop.test', password: 'a good password' };
const all = ['email', 'password', 'username'];

const accounts: readonly BadBody[] = [
  ['no members at all', {}, all],
  ['no body', undefined, ['body']],
  ['a list instead of an object', [account], ['body']],
  ['a text instead of an object', 'nobody', ['body']],
  ['a number instead of an object', 42, ['body']],
  ['null', null, ['body']],
  ['members of the prototype do not count', inPrototype(account), [...all, '__proto__']],
  [
    'members of another case',
    { Username: 'a', EMAIL: 'a@b.c', Password: 'a good password' },
    [...all, 'EMAIL', 'Password', 'Username'],
  ],
  ['everything wrong at once', { username: '', email: 'x', password: 'x' }, all],
  ['all of it a level too deep', { user: account }, [...all, 'user']],
  ['a role, and no email', { ...account, email: undefined, role: 'admin' }, ['email', 'role']],
];

const usernames = [
  ['left out', undefined],
  ['null', null],
  ['a number', 7],
  ['a truth value', true],
  ['a list', ['Nobody']],
  ['an object', { toString: 'Nobody' }],
  ['empty', ''],
  ['spaces alone', ' \t\u00a0\u3000 '],
  ['of 51 characters', 'x'.repeat(51)],
  ['of 51 emoji', '😀'.repeat(51)],
  ['of 51 letters with accents that stand apart', 'e\u0301'.repeat(51)],
  ['with NUL', 'No\0body'],
  ['with a bell', 'No\u0007body'],
  ['with a line break', 'No\nbody'],
  ['with half a surrogate pair', 'No\ud83dbody'],
  ['with the other half', 'No\ude00body'],
];

const emails = [
  ['left out', undefined],
  ['null', null],
  ['a number', 5],
  ['a list of one', ['nobody@shop.test']],
  ['an object as query languages have it', { $ne: null }],
  ['empty', ''],
  ['without @', 'nobody.shop.test'],
  ['with two @', 'no@body@shop.test'],
  ['without a name', '@shop.test'],
  ['without a host', 'nobody@'],
  ['with a space', 'no body@shop.test'],
  ['with two dots in a row', 'no..body@shop.test'],
  ['with a host that is no name', 'nobody@-'],
  ['with a line break and a header', 'nobody@shop.test\r\nBcc: all@shop.test'],
  ['with NUL', 'nobody@shop.test\0'],
  ['with an invisible space', 'no\u200bbody@shop.test'],
  ['that turns the direction of writing', '\u202enobody@shop.test'],
  ['with half a surrogate pair', 'no\ud800body@shop.test'],
  ['of 255 characters', `${'x'.repeat(245)}@shop.test`],
  ['with a statement for the database', "'; DROP TABLE users; --"],
];

const passwords = [
  ['left out', undefined],
  ['null', null],
  ['a number', 12_345_678_901],
  ['a list', ['a good password']],
  ['an object', { length: 20 }],
  ['of 9 characters', 'a1b2c3d4e'],
  ['of 129 characters', 'x1y2z'.repeat(26).slice(1)],
  ['of 129 emoji', '😀'.repeat(129)],
  ['that many have', 'qwertyuiop'],
  ['of one character', '1'.repeat(12)],
  ['that is the email', 'nobody@shop.test'],
  ['with NUL', 'a good\0password'],
  ['of 90 kB', 'x'.repeat(90_000)],
];

const wrong = (field: string, values: readonly unknown[][]): BadBody[] =>
  values.map(([name, value]) => [`${field} ${name}`, { ...account, [field]: value }, [field]]);

const credentials: readonly BadBody[] = [
  ['no members at all', {}, ['email', 'password']],
  ['no body', undefined, ['body']],
  ['a list', [], ['body']],
  ['a list of both', { email: ['a@b.c'], password: ['x'] }, ['email', 'password']],
  ['conditions for both', { email: { $gt: '' }, password: { $gt: '' } }, ['email', 'password']],
  ['true for both', { email: true, password: true }, ['email', 'password']],
  ['an empty password', { email: 'a@b.c', password: '' }, ['password']],
  ['a password of 129 characters', { email: 'a@b.c', password: 'x'.repeat(129) }, ['password']],
  ['a password with NUL', { email: 'admin@shop.test', password: 'admin-password\0' }, ['password']],
  ['an email with NUL', { email: 'admin@shop.test\0', password: 'admin-password' }, ['email']],
  ['an email of 90 kB', { email: `${'x'.repeat(90_000)}@b.c`, password: 'x' }, ['email']],
];

const address = { line1: 'Nowhere 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const recipient = { name: 'Nobody', address };

const addresses: readonly BadBody[] = [
  ['no members at all', {}, ['address', 'name']],
  ['no body', undefined, ['body']],
  ['a list', [recipient], ['body']],
  ['members of the prototype', inPrototype(recipient), ['__proto__', 'address', 'name']],
  ['a member that every object has', { ...recipient, constructor: 1 }, ['constructor']],
  ["somebody else's", { ...recipient, userId: 1 }, ['userId']],
  ['a name of spaces alone', { ...recipient, name: '  ' }, ['name']],
  ['a name with NUL', { ...recipient, name: 'No\0body' }, ['name']],
  ['a phone that is a number', { ...recipient, phone: 493_055 }, ['phone']],
  ['a default that is a number', { ...recipient, isDefault: 1 }, ['isDefault']],
  ['an address of Stripe', { name: 'N', address: { ...address, postal_code: '1' } }, ['address.postal_code']],
  ['half a surrogate pair', { name: 'N', address: { ...address, city: '\ud83d' } }, ['address.city']],
  ['201 characters', { name: 'N', address: { ...address, line2: 'x'.repeat(201) } }, ['address.line2']],
  ['a country that is none', { name: 'N', address: { ...address, country: 'ZZ' } }, ['address.country']],
  ['a country that was', { name: 'N', address: { ...address, country: 'DD' } }, ['address.country']],
];

const profiles: readonly BadBody[] = [
  ['no members at all', {}, ['body']],
  ['no body', undefined, ['body']],
  ['a list', [{ username: 'Nobody' }], ['body']],
  ['another id', { id: 1, username: 'Nobody' }, ['id']],
  ['another role', { role: 'admin' }, ['role']],
  ['a password', { username: 'Nobody', password: 'a good password' }, ['password']],
  ['members of the prototype', inPrototype({ username: 'Nobody' }), ['__proto__']],
  ...usernames
    .slice(1)
    .map(([name, value]): BadBody => [`username ${name}`, { username: value }, ['username']]),
  ...emails.slice(1).map(([name, value]): BadBody => [`email ${name}`, { email: value }, ['email']]),
  ['another email, and no password', { email: 'another@shop.test' }, ['currentPassword']],
  [
    'another email, and an empty password',
    { email: 'another@shop.test', currentPassword: '' },
    ['currentPassword'],
  ],
];

const links: readonly BadBody[] = [
  ['no members at all', {}, ['newPassword', 'token']],
  ['no body', undefined, ['body']],
  ['a list of tokens', { token: ['x'], newPassword: 'a good password' }, ['token']],
  ['a token of 90 kB', { token: 'x'.repeat(90_000), newPassword: 'a good password' }, ['token']],
  ['a short password', { token: 'x', newPassword: 'short' }, ['newPassword']],
  ['whose password it is', { token: 'x', newPassword: 'a good password', id: 1 }, ['id']],
];
const ofNobody = '409 link-expired';
const linksOfNobody = refused('user', undefined, [
  [
    'a link of nobody',
    'POST /password-resets/confirm',
    ofNobody,
    { body: { token: 'x', newPassword: 'a good password' } },
  ],
  ['a link of nobody for an email', 'POST /email-verifications/confirm', ofNobody, { body: { token: '\0' } }],
]);

const noAddress = '404 address-not-found';
const ownData = refused('user', 'stranger', [
  ['no such address', 'GET /addresses/2147483647', noAddress],
  ['no such address to replace', 'PUT /addresses/2147483647', noAddress, { body: recipient }],
  ['no such address to forget', 'DELETE /addresses/2147483647', noAddress],
  ...['0', '1.5', 'x', '2147483648', '%00'].map(
    (id): Case => [`address ${id}`, `GET /addresses/${id}`, ['id']],
  ),
  [
    'an email that is taken, for oneself, without the password',
    'PATCH /me',
    ['currentPassword'],
    { body: ({ email }) => ({ email }) },
  ],
]);

const taken = '409 email-taken';
const denied = '401 invalid-credentials';
const adminWith = (password: string) => ({ body: { email: 'admin@shop.test', password } });

const accountsInUse = refused('user', undefined, [
  ['an email that is taken', 'POST /register', taken, { body: ({ email }) => ({ ...account, email }) }],
  [
    'an email that is taken, in capitals',
    'POST /register',
    taken,
    { body: ({ email }) => ({ ...account, email: email.toUpperCase() }) },
  ],
  [
    'an email that is taken, at /auth',
    'POST /auth/register',
    taken,
    { body: ({ email }) => ({ ...account, email }) },
  ],
  ['a wrong password', 'POST /login', denied, { body: ({ email }) => ({ email, password: 'not this' }) }],
  ['an email that nobody has', 'POST /login', denied, { body: { email: 'nobody@shop.test', password: 'x' } }],
  ['a condition', 'POST /login', denied, { body: { email: "'or'1'='1@shop.test", password: "'or'1'='1" } }],
  ['wildcards', 'POST /login', denied, { body: { email: '%@%', password: 'admin-password' } }],
  [
    'letters that only look alike',
    'POST /login',
    denied,
    { body: { email: 'аdmin@shop.test', password: 'x' } },
  ],
  ['the password and a space', 'POST /login', denied, adminWith('admin-password ')],
  ['the password in capitals', 'POST /login', denied, adminWith('ADMIN-PASSWORD')],
  ['the password and a sign that cannot be seen', 'POST /login', denied, adminWith('admin-password\u200b')],
  ['a wrong password at /auth', 'POST /auth/login', denied, adminWith('x')],
  ['JSON that breaks off at /auth', 'POST /auth/login', '400 malformed-json', { raw: '{' }],
]);

export const userRows: readonly Row[] = [
  ...unreadableBodies('user', undefined, 'POST /register'),
  ...refusedBodies('user', undefined, 'POST /register', [
    ...accounts,
    ...wrong('username', usernames),
    ...wrong('email', emails),
    ...wrong('password', passwords),
  ]),
  ...refusedBodies('user', undefined, 'POST /login', credentials),
  ...accountsInUse,
  ...unreadableBodies('user', 'stranger', 'POST /addresses'),
  ...unreadableBodies('user', 'stranger', 'PATCH /me'),
  ...refusedBodies('user', 'stranger', 'POST /addresses', addresses),
  ...refusedBodies('user', 'stranger', 'PATCH /me', profiles),
  ...refusedBodies('user', undefined, 'POST /password-resets', [
    ['no members at all', {}, ['email']],
    ['a condition', { email: { $gt: '' } }, ['email']],
    ['two emails', { email: ['a@b.c', 'd@e.f'] }, ['email']],
    ['where to send it', { email: 'a@b.c', to: 'd@e.f' }, ['to']],
  ]),
  ...refusedBodies('user', undefined, 'POST /password-resets/confirm', links),
  ...linksOfNobody,
  ...ownData,
  ...refusedTokens('user', 'GET /me'),
  ...refusedTokens('user', 'POST /addresses', recipient),
  ...refusedTokens('user', 'POST /email-verifications', {}),
  ...refusedTokens('user', 'DELETE /me', { currentPassword: 'a good password' }),
  ...refusedBodies('user', 'stranger', 'DELETE /me', [
    ['no members at all', {}, ['currentPassword']],
    ['no body', undefined, ['currentPassword']],
    ['a list', [], ['body']],
    ['a condition', { currentPassword: { $gt: '' } }, ['currentPassword']],
    ['whose account it is', { currentPassword: 'a good password', id: 1 }, ['id']],
  ]),
  ...refusedTokens('user', 'GET /validate'),
  ...withoutToken('user', [
    'GET /validate',
    'GET /auth/validate',
    'GET /me',
    'PATCH /me',
    'GET /addresses',
    'POST /addresses',
    'GET /addresses/1',
    'PUT /addresses/1',
    'DELETE /addresses/1',
  ]),
  ...unknownRoutes('user', [
    'GET /users',
    'GET /.env',
    'GET /auth',
    'GET /__proto__',
    'GET /%zz',
    'GET /validate/../x',
  ]),
  ...wrongMethods('user', {
    'GET /register': ['POST'],
    'DELETE /login': ['POST'],
    'PUT /auth/login': ['POST'],
    'POST /validate': ['GET'],
    'PUT /me': ['GET', 'PATCH', 'DELETE'],
    'POST /me/export': ['GET'],
    'GET /password-resets': ['POST'],
    'GET /email-verifications/confirm': ['POST'],
    'DELETE /addresses': ['GET', 'POST'],
    'PATCH /addresses/1': ['GET', 'PUT', 'DELETE'],
    'DELETE /.well-known/jwks.json': ['GET'],
    'POST /healthz': ['GET'],
    'PUT /readyz': ['GET'],
  }),
];
