import {
  refusedTokens,
  unknownRoutes,
  unreadableBodies,
  withoutToken,
  wrongMethods,
} from './every-operation.ts';
import { type BadBody, inPrototype, type Row, refused, refusedBodies } from './row.ts';

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
  ['of 9 bytes', '123456789'],
  ['of 73 bytes', 'x'.repeat(73)],
  ['of 19 emoji, which are 76 bytes', '😀'.repeat(19)],
  ['with NUL, where bcrypt would stop reading', 'a good\0password'],
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
  ['a password of 73 bytes', { email: 'a@b.c', password: 'x'.repeat(73) }, ['password']],
  ['a password with NUL', { email: 'admin@shop.test', password: 'admin-password\0' }, ['password']],
  ['an email with NUL', { email: 'admin@shop.test\0', password: 'admin-password' }, ['email']],
  ['an email of 90 kB', { email: `${'x'.repeat(90_000)}@b.c`, password: 'x' }, ['email']],
];

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
  ...refusedTokens('user', 'GET /validate'),
  ...withoutToken('user', ['GET /validate', 'GET /auth/validate']),
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
    'DELETE /.well-known/jwks.json': ['GET'],
    'POST /healthz': ['GET'],
    'PUT /metrics': ['GET'],
  }),
];
