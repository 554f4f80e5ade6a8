import { aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ environment: { REGISTRATIONS_PER_ADDRESS: '1000/1h' } });
});
afterAll(() => shop.stop());

const accountsNamed = (email: string) =>
  shop.database.sql<{ role: string; password_hash: string }>(
    'SELECT role, password_hash FROM users WHERE lower(email) = lower($1)',
    [email],
  );

describe('registration', () => {
  it('makes a customer and never shows the hash', async () => {
    const registration = { ...aRegistration(), username: '  Ada  ' };
    const reply = await shop.post('/register', registration);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual({
      message: expect.any(String),
      user: {
        id: expect.any(Number),
        username: 'Ada',
        email: registration.email,
        role: 'customer',
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
      deviceToken: expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/),
    });
    const [row] = await accountsNamed(registration.email);
    expect(row?.role).toBe('customer');
    expect(row?.password_hash).toMatch(/^\$2b\$04\$.{53}$/);
    expect(JSON.stringify(reply.body)).not.toContain(row?.password_hash);
    expect(shop.logged.join('')).toContain('/register');
    expect(shop.logged.join('')).not.toContain(row?.password_hash);
    expect(shop.logged.join('')).not.toContain(registration.password);
  });

  it('answers at /auth as well', async () => {
    expect((await shop.post('/auth/register', aRegistration())).status).toBe(201);
  });

  it('knows an email whatever its case', async () => {
    const registration = aRegistration();
    await shop.post('/register', registration);
    const again = await shop.post('/register', { ...registration, email: registration.email.toUpperCase() });
    expect(again.status).toBe(409);
    expect(again.body.code).toBe('email-taken');
    expect(await accountsNamed(registration.email)).toHaveLength(1);
  });

  it('shows an email, and a name, as they were typed, without the spaces around them', async () => {
    const email = `Zoe\u0308.${aRegistration().email}`;
    const reply = await shop.post('/register', {
      ...aRegistration(),
      email: ` ${email}\n`,
      username: 'Zoe\u0308 ',
    });
    expect(reply).toMatchObject({ status: 201, body: { user: { email, username: 'Zoë' } } });
  });

  it.each([
    ['composed and decomposed', 'zo\u00eb1@shop.test', 'zoe\u03081@shop.test'],
    ['a domain in ASCII and not', 'ada@b\u00fccher.test', 'ada@xn--bcher-kva.test'],
    ['a domain decomposed and in capitals', 'eva@b\u00fccher.test', 'eva@BU\u0308CHER.test'],
    ['a domain with another full stop', 'ada@\u4f8b\u3048.test', 'ada@\u4f8b\u3048\u3002test'],
    ['a domain in wide letters', 'wide@shop.test', 'wide@\uff53hop.test'],
    ['letters that have no capital of their own', 'stra\u00dfe@shop.test', 'STRASSE@shop.test'],
    ['sigmas', '\u03bf\u03b4\u03cc\u03c2@shop.test', '\u039f\u0394\u039f\u0301\u03a3@shop.test'],
    ['spaces around it', 'spaces@shop.test', '\u00a0spaces@shop.test '],
  ])('knows that these are one email: %s', async (_what, email, again) => {
    const registration = { ...aRegistration(), email };
    expect((await shop.post('/register', registration)).status).toBe(201);
    expect(await shop.post('/register', { ...registration, email: again })).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
    const login = await shop.post('/login', { email: again, password: registration.password });
    expect((await shop.get('/validate', login.body.token)).body.email).toBe(email);
  });

  it('keeps emails apart that are not the same', async () => {
    for (const email of ['is\u0131l@shop.test', 'isil@shop.test', 'i.sil@shop.test', 'isil+1@shop.test'])
      expect((await shop.post('/register', { ...aRegistration(), email })).status).toBe(201);
  });

  it.each([
    "o'neil+news@shop.test",
    '用户@例え.jp',
    '😀@shop.test',
    'a@भारत.भारत',
    'i\u0307@shop.test',
    'a@b.co',
  ])('takes the email %s', async (email) => {
    expect((await shop.post('/register', { ...aRegistration(), email })).status).toBe(201);
  });

  it.each([
    'a@-',
    'a..b@x..com',
    'a..b@x.com',
    '.a@x.com',
    'a.@x.com',
    '<a@x.com>',
    'Ada <a@x.com>',
    'mailto:a@x.com',
    'a@x,com',
    'a,b@x.com',
    'a@x.com;b@x.com',
    'a(b)@x.com',
    '"a b"@x.com',
    'a@-x.com',
    'a@x-.com',
    'a@x.com.',
    'a@x_y.com',
    'a@localhost',
    'a@127.0.0.1',
    'a@127.1',
    'a@[127.0.0.1]',
    'a@ex%61mple.com',
    'a@x.com/y',
    'a@x.com:25',
    'a@xn--zzzz.com',
    `a@${'b'.repeat(64)}.com`,
  ])('refuses the email %s', async (email) => {
    const reply = await shop.post('/register', { ...aRegistration(), email });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: 'email' }] } });
  });

  it('makes one account of twenty requests at the same moment', async () => {
    const registration = aRegistration();
    const replies = await Promise.all(Array.from({ length: 20 }, () => shop.post('/register', registration)));
    const statuses = replies.map((reply) => reply.status).sort();
    expect(statuses).toEqual([201, ...Array(19).fill(409)]);
    expect(await accountsNamed(registration.email)).toHaveLength(1);
  });

  it.each([
    'José Ñandú',
    'Zoë d’Arc-O’Neil',
    'Nguyễn Văn Ánh',
    'Владимир',
    'علي حسن',
    'שָׂרָה',
    'नरेन्द्र',
    'ประยุทธ์',
    '山田\u3000太郎',
    '김민준',
    'Ada 🚀🇨🇭👍🏽',
    'علی\u200cرضا',
    'ශ්\u200dරී',
    '👨\u200d👩\u200d👧 ❤\ufe0f',
  ])('takes the name %s as it is', async (username) => {
    const reply = await shop.post('/register', { ...aRegistration(), username });
    expect(reply.status).toBe(201);
    expect(reply.body.user.username).toBe(username);
  });

  it('takes the same password from any keyboard', async () => {
    const registration = { ...aRegistration(), password: 'Zoe\u0308 \uff11\uff12\uff13 caf\u00e9' };
    await shop.post('/register', registration);
    const login = (password: string) => shop.post('/login', { ...registration, password });
    expect((await login('Zo\u00eb 123\u00a0cafe\u0301')).status).toBe(200);
    expect((await login('Zoe 123 cafe')).status).toBe(401);
  });

  it('counts the characters of a password as they are hashed', async () => {
    const typed = 'a\u0308e\u0308i\u0308o\u0308u\u0308'.repeat(25);
    const decomposed = { ...aRegistration(), password: typed };
    expect((await shop.post('/register', decomposed)).status).toBe(201);
    expect((await shop.post('/login', { ...decomposed, password: typed.normalize('NFC') })).status).toBe(200);
    const grown = await shop.post('/register', { ...aRegistration(), password: '\ufdfa'.repeat(8) });
    expect(grown.body.errors[0]).toEqual({
      field: 'password',
      message: 'must have 10 to 128 characters, not 144',
    });
  });
});

describe('registration refuses', () => {
  const good = { username: 'Ada', email: 'ada@shop.test', password: 'correct horse' };
  const cases: [string, unknown, string[]][] = [
    ['no members', {}, ['username', 'email', 'password']],
    ['numbers', { username: 1, email: 2, password: 3 }, ['username', 'email', 'password']],
    ['nulls', { username: null, email: null, password: null }, ['username', 'email', 'password']],
    ['objects', { username: {}, email: [], password: { length: 12 } }, ['username', 'email', 'password']],
    ['an array', [good], ['body']],
    ['a text', '"ada"', ['body']],
    ['null', 'null', ['body']],
    ['an empty username', { ...good, username: '  ' }, ['username']],
    ['a long username', { ...good, username: 'a'.repeat(51) }, ['username']],
    ['a username with NUL', { ...good, username: 'a\0b' }, ['username']],
    ['an email without @', { ...good, email: 'ada.shop.test' }, ['email']],
    ['an email with two @', { ...good, email: 'ada@home@shop.test' }, ['email']],
    ['an email with a space', { ...good, email: 'ada lovelace@shop.test' }, ['email']],
    ['an email with NUL', { ...good, email: 'ada\0@shop.test' }, ['email']],
    ['an email with an invisible character', { ...good, email: 'a\u200bda@shop.test' }, ['email']],
    ['a long email', { ...good, email: `${'a'.repeat(245)}@shop.test` }, ['email']],
    ['an email with a long name', { ...good, email: `${'a'.repeat(65)}@shop.test` }, ['email']],
    ['an email with a space of another width', { ...good, email: 'ada\u00a0l@shop.test' }, ['email']],
    [
      'an email with an invisible character in its domain',
      { ...good, email: 'ada@sh\u00adop.test' },
      ['email'],
    ],
    ['a role and an id', { ...good, role: 'admin', id: 7 }, ['role', 'id']],
    [
      'a member that every object has',
      '{"username":"","constructor":1}',
      ['username', 'email', 'password', 'constructor'],
    ],
    ['a short password', { ...good, password: 'ninebytes' }, ['password']],
    [
      'a password of 129 characters',
      { ...good, password: 'correct-horse'.repeat(10).slice(1) },
      ['password'],
    ],
    ['a password with NUL', { ...good, password: 'correct\0horse' }, ['password']],
    ['all at once', { username: '', email: '@', password: '' }, ['username', 'email', 'password']],
  ];

  it.each(cases)('%s', async (_what, body, fields) => {
    const reply = await shop.post('/register', body);
    expect(reply.status).toBe(400);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.body.code).toBe('validation-failed');
    expect(reply.body.errors.map((error: { field: string }) => error.field)).toEqual(fields);
    expect(await accountsNamed(good.email)).toHaveLength(0);
  });

  it.each([
    ['a line end', 'A\nda', 'U+000A'],
    ['a separator of lines', 'A\u2028da', 'U+2028'],
    ['a zero-width space', 'A\u200bda', 'U+200B'],
    ['a joiner', 'A\u200dda', 'U+200D'],
    ['a soft hyphen', 'A\u00adda', 'U+00AD'],
    ['a change of direction', '\u202eadA', 'U+202E'],
    ['isolates of direction', '\u2066Ada\u2069', 'U+2066, U+2069'],
    ['a tag', 'Ada\u{e0041}', 'U+E0041'],
    ['a variation', 'Ada\ufe0f', 'U+FE0F'],
    ['nothing but a filler', '\u3164', 'U+3164'],
    ['a blank of Braille', 'Ada\u2800', 'U+2800'],
    ['private use', 'A\ue000da', 'U+E000'],
    ['half a character', 'A\ud800da', 'U+D800'],
    ['what Unicode has not assigned', 'A\u0378da', 'U+0378'],
  ])('a name that does not show %s, and names it', async (_what, username, given) => {
    const reply = await shop.post('/register', { ...good, username });
    expect(reply.status).toBe(400);
    expect(reply.body.errors).toEqual([
      {
        field: 'username',
        message: `must have no invisible, private or unassigned characters, but has ${given}`,
      },
    ]);
    expect(await accountsNamed(good.email)).toHaveLength(0);
  });

  let adas = 0;
  it.each([
    ['is used by many', 'qwertyuiop', /used most/],
    ['is used by many, in capitals', 'PassWord123', /used most/],
    ['is used by many, in wide letters', '\uff51wertyuiop', /used most/],
    ['has one character', '1111111111', /5 different characters, not 1$/],
    ['has four characters', 'abababcdcd', /5 different characters, not 4$/],
    ['is the email', 'Ada.Byron@shop.test', /must not be the email/],
    ['is the email before the @', 'adabyron-1815', /must not be the email/],
    ['is the name', 'ada augusta byron!', /must not be the email, .* or the username/],
  ])('a password that %s', async (_what, password, message) => {
    adas += 1;
    const email = password.includes('@') ? password.toLowerCase() : `ada.byron.1815@shop${adas}.test`;
    const body = { username: 'Ada Augusta Byron', email, password };
    const reply = await shop.post('/register', body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(reply.body.errors).toEqual([{ field: 'password', message: expect.stringMatching(message) }]);
    expect(await accountsNamed(body.email)).toHaveLength(0);
    expect((await shop.post('/register', { ...body, password: `${password}, and more` })).status).toBe(201);
  });

  it('a bad password by its length, not by showing it', async () => {
    const reply = await shop.post('/register', { ...good, password: 'sesame' });
    expect(reply.body.errors[0].message).toContain('not 6');
    expect(JSON.stringify(reply.body)).not.toContain('sesame');
  });

  it.each([
    ['what is no JSON', '{"username":', 'application/json', 400],
    ['a form', 'username=ada', 'application/x-www-form-urlencoded', 415],
    ['a large body', JSON.stringify({ ...good, extra: 'x'.repeat(200_000) }), 'application/json', 413],
  ])('%s', async (_what, body, type, status) => {
    expect((await shop.post('/register', body, { 'content-type': type })).status).toBe(status);
  });
});
