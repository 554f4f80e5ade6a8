import { createStandings, type User } from '@shop/service-kit';
import { serve } from './support/local-server.ts';

const sid = '0c7f1b5e-5d0c-4a57-9d6b-0f6f3f3d2b11';
const admin: User = { id: 1, email: 'admin@shop.test', role: 'admin', sid };
const guest: User = { id: 3, email: null, role: 'guest' };

let server: Awaited<ReturnType<typeof serve>>;
let asked: (string | undefined)[];
let answer: { status: number; body: string };

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: '{"current":true}' };
  server = await serve((req, res) => {
    asked.push(req.url, req.headers.authorization);
    res.writeHead(answer.status).end(answer.body);
  });
});
afterEach(() => server.close());

const create = (freshForMs = 5_000) =>
  createStandings({ urls: [server.url], peerToken: () => 'peer', freshForMs });

it('are asked for once by however many requests of a user', async () => {
  const standings = create();
  const answers = await Promise.all(Array.from({ length: 20 }, () => standings.isCurrent(admin)));
  expect(answers).toEqual(Array(20).fill(true));
  await standings.isCurrent(admin);
  expect(asked).toEqual([`/users/1/standing?role=admin&sid=${sid}`, 'Bearer peer']);
  await standings.isCurrent(guest);
  expect(asked).toContain('/users/3/standing?role=guest');
});

it('are believed for so long, and asked for again', async () => {
  const standings = create(20);
  await standings.isCurrent(admin);
  answer.body = '{"current":false}';
  const deadline = performance.now() + 2_000;
  while (await standings.isCurrent(admin)) {
    expect(performance.now()).toBeLessThan(deadline);
    await new Promise(setImmediate);
  }
});

it.each([
  ['answers with an error', { status: 500, body: '' }],
  ['is of a release that knows no standings', { status: 404, body: '{"code":"route-not-found"}' }],
  ['refuses the caller', { status: 401, body: '{"code":"invalid-token"}' }],
  ['answers something else', { status: 200, body: '{"current":"yes"}' }],
])('are not known while user_service %s, and are afterwards', async (_name, reply) => {
  const standings = create();
  const well = answer;
  answer = reply;
  await expect(standings.isCurrent(admin)).rejects.toMatchObject({
    code: 'keys-unavailable',
    status: 503,
    retryAfter: 1,
  });
  answer = well;
  expect(await standings.isCurrent(admin)).toBe(true);
});
