import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { accessDifferences } from '@shop/testing';
import express from 'express';

const contract = (operation: object) => ({
  openapi: '3.1.0',
  info: { title: 'things' },
  paths: { '/things/{id}': { delete: operation } },
  components: { schemas: {} },
});
const everybody = contract({ security: [], responses: {} });
const loggedIn = contract({ security: [{ bearer: [] }], responses: {} });
const admins = contract({ security: [{ bearer: [] }], 'x-roles': ['admin'], responses: {} });

type Route = (caller: string | undefined) => [status: number, code?: string];

/** A service whose tokens are the names of roles, with one route that answers as the function says. */
async function differences(document: Parameters<typeof accessDifferences>[0], route: Route) {
  const app = express().delete('/things/1', (req, res) => {
    const [status, code] = route(req.get('authorization')?.slice('Bearer '.length));
    res.status(status);
    if (code === undefined) res.json({ done: true });
    else res.type('application/problem+json').send(JSON.stringify({ code }));
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const found = await accessDifferences(document, { baseUrl, token: (role) => role });
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  return found;
}

const open: Route = () => [200];
const forUsers: Route = (caller) => {
  if (caller === undefined) return [401, 'token-missing'];
  return ['guest', 'customer', 'admin'].includes(caller) ? [404, 'thing-not-found'] : [401, 'invalid-token'];
};
const forAdmins: Route = (caller) =>
  caller === 'guest' || caller === 'customer' ? [403, 'admin-only'] : forUsers(caller);

it.each([
  ['is open to everybody', everybody, open],
  ['needs a token', loggedIn, forUsers],
  ['is for administrators', admins, forAdmins],
])('finds no difference when a route %s, as the contract says', async (_, document, route) => {
  expect(await differences(document, route)).toEqual([]);
});

it('finds a route that needs a token, which the contract does not say', async () => {
  expect(await differences(everybody, forUsers)).toEqual([
    'DELETE /things/{id} without a token: 401 token-missing, expected to be let in',
  ]);
});

it('finds a route that lets in callers without a valid token', async () => {
  expect(await differences(loggedIn, open)).toEqual([
    'DELETE /things/{id} without a token: 200 no code, expected 401 token-missing',
    'DELETE /things/{id} with a token that is not valid: 200 no code, expected 401 invalid-token',
  ]);
});

it('finds a route that lets in a role which the contract does not name', async () => {
  expect(await differences(admins, forUsers)).toEqual([
    'DELETE /things/{id} as guest: 404 thing-not-found, expected 403',
    'DELETE /things/{id} as customer: 404 thing-not-found, expected 403',
  ]);
});

it('finds a route that refuses a role which the contract names', async () => {
  expect(await differences(loggedIn, forAdmins)).toEqual([
    'DELETE /things/{id} as guest: 403 admin-only, expected to be let in',
    'DELETE /things/{id} as customer: 403 admin-only, expected to be let in',
  ]);
});
