import { ConfigError, readSettings, type TrustProxy, trustProxy } from '@shop/service-kit';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';

const read = (TRUST_PROXY: string) =>
  readSettings({ TRUST_PROXY }, { trustProxy: trustProxy({ default: 0 }) }).trustProxy;

/** Whom a service with this setting takes for the caller; whoever asks in a test is 127.0.0.1. */
async function callerWith(setting: string, forwardedFor: string): Promise<string> {
  const { app } = createTestApp((router) => router.get('/ip', (req, res) => void res.json(req.ip)), {
    trustProxy: read(setting),
  });
  const reply = await request(app).get('/ip').set('X-Forwarded-For', forwardedFor);
  return reply.body.replace('::ffff:', '');
}

it.each([
  ['', '127.0.0.1'],
  ['0', '127.0.0.1'],
  ['1', '10.1.2.3'],
  ['2', '203.0.113.9'],
  ['loopback', '10.1.2.3'],
  ['loopback, uniquelocal', '203.0.113.9'],
  ['127.0.0.1,10.0.0.0/8', '203.0.113.9'],
  ['127.0.0.1 , 10.0.0.0/255.0.0.0', '203.0.113.9'],
  ['::1/128,::ffff:127.0.0.1,fc00::/7', '10.1.2.3'],
  ['linklocal,10.0.0.0/8', '127.0.0.1'],
  ['10.1.2.3', '127.0.0.1'],
])('with %j the caller is %s', async (setting, ip) => {
  expect(await callerWith(setting, '198.51.100.1, 203.0.113.9, 10.1.2.3')).toBe(ip);
});

it.each<[string, TrustProxy]>([
  ['2', 2],
  ['loopback , 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
])('reads %j', (given, value) => {
  expect(read(given)).toEqual(value);
});

const rule =
  'must be how many proxies there are, or a comma-separated list of their addresses, subnets (10.0.0.0/8), ' +
  'loopback, linklocal and uniquelocal';

describe('stops the start, and says why,', () => {
  it.each([
    ['-1', `${rule}, not "-1"`],
    ['1.5', `${rule}, not "1.5"`],
    ['false', `${rule}, not "false"`],
    ['localhost', `${rule}, not "localhost"`],
    ['Loopback', `${rule}, not "Loopback"`],
    ['1,2', `${rule}, not "1" (in "1,2")`],
    ['loopback,', `${rule}, not "" (in "loopback,")`],
    ['loopback, 10.0.0.0/33', `${rule}, not "10.0.0.0/33" (in "loopback, 10.0.0.0/33")`],
    ['10.0.0.0/x', `${rule}, not "10.0.0.0/x"`],
    ['0.0.0.0/0', `${rule}, not "0.0.0.0/0"`],
    ['10.1', `${rule}, not "10.1"`],
    ['010.0.0.1', `${rule}, not "010.0.0.1"`],
    ['fe80::/129', `${rule}, not "fe80::/129"`],
    ['loopback uniquelocal', `${rule}, not "loopback uniquelocal"`],
    ['true', 'must not be "true": then anybody could claim any address. It '.concat(rule)],
    ['loopback,TRUE', 'must not be "TRUE": then anybody could claim any address. It '.concat(rule)],
  ])('when it is %j', (given, problem) => {
    expect(() => read(given)).toThrow(new ConfigError([`TRUST_PROXY ${problem}`]));
  });
});
