import type { Role } from '@shop/contracts';
import { accessDifferences, operationsOf, problemDifferences, routesOf, wrongExamples } from '@shop/testing';
import express from 'express';
import { document } from '../src/generated/openapi.ts';
import { problems } from '../src/problems.ts';
import { type AuthRoutesDeps, authRoutes, generateToken } from '../src/routes/authRoutes.routes.ts';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const isAtAuth = (operation: string) => operation.includes(' /auth/');

describe('openapi.yaml', () => {
  it('describes every route, and nothing else', () => {
    const atRoot = operationsOf(document).filter((operation) => !isAtAuth(operation));
    // Express does not tell at which path a router is mounted, so each route is here once.
    expect(routesOf(shop.service.app)).toEqual(atRoot);
  });

  it('describes the same three routes at /auth', () => {
    const routes = routesOf(express().use(authRoutes({} as AuthRoutesDeps)));
    const atAuth = operationsOf(document).filter(isAtAuth);
    expect(atAuth).toEqual(routes.map((route) => route.replace(' /', ' /auth/')));
    expect(atAuth).toHaveLength(3);
  });

  it.each(operationsOf(document))('is right that there is %s', async (operation) => {
    const [method = '', path = ''] = operation.split(' ');
    const reply = await fetch(`${shop.baseUrl}${path}`, { method });
    await reply.arrayBuffer();
    expect([404, 405]).not.toContain(reply.status);
  });

  it('is served', async () => {
    expect((await shop.get('/openapi.json')).body).toEqual(document);
  });

  it('and problems.ts have the same codes and statuses', () => {
    expect(problemDifferences(document, problems)).toEqual([]);
  });

  it('says who may call each route', async () => {
    const { jwtPrivateKey: signingKey, jwtIssuer: issuer, jwtAudience: audience } = shop.config;
    const signer = { ...signingKey, issuer, audience };
    // A role is looked up where a route reads the caller.
    const rows = await shop.database.sql<{ id: number; role: Role }>(
      `INSERT INTO users (username, email, password_hash, role)
       VALUES (NULL, NULL, NULL, 'guest'), ('A', 'a@shop.test', '', 'customer'), ('B', 'b@shop.test', '', 'admin')
       RETURNING id, role`,
    );
    const token = (role: Role) => {
      const id = rows.find((row) => row.role === role)?.id ?? 0;
      return generateToken({ id, email: 'a@shop.test', role }, signer);
    };
    expect(await accessDifferences(document, { baseUrl: shop.baseUrl, token })).toEqual([]);
  });

  it('has examples that fit their schemas', () => {
    expect(wrongExamples(document)).toEqual([]);
  });
});
