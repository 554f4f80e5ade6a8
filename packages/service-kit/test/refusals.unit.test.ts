import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import type { NewAuditEvent } from '../src/audit/audit-event.ts';
import { createRefusals } from '../src/audit/refusals.ts';

function startRefusals() {
  const told: NewAuditEvent[] = [];
  const refusals = createRefusals((events) => told.push(...events));
  const answer = (statusCode: number, code: string, ip = '192.0.2.1') => {
    const res = Object.assign(new EventEmitter(), { statusCode, locals: { code } });
    refusals.watch({ method: 'GET', ip } as Request, res as unknown as Response, () => {});
    res.emit('close');
  };
  return { told, answer, tellRepeats: refusals.tellRepeats };
}

it('tells of the first refusal of a kind at once, and then of how many there were', () => {
  const { told, answer, tellRepeats } = startRefusals();
  for (const _ of [1, 2, 3]) answer(401, 'invalid-token');
  expect(told).toHaveLength(1);
  tellRepeats();
  expect(told.map(({ details }) => details['repeats'])).toEqual([undefined, 2]);
  tellRepeats();
  expect(told).toHaveLength(2);
});

it('tells of a hundred kinds of refusals in a minute, and counts all others together', () => {
  const { told, answer, tellRepeats } = startRefusals();
  for (let address = 0; address < 5_000; address++)
    answer(401, 'invalid-token', `10.0.${address >> 8}.${address & 255}`);
  expect(told).toHaveLength(101);
  tellRepeats();
  expect(told).toHaveLength(102);
  expect(told.at(-1)).toMatchObject({ address: null, details: { code: 'many', repeats: 4_899 } });
});

it('tells of nothing else: not of replies that are no refusal, nor of log-ins that failed, which tell of themselves', () => {
  const { told, answer } = startRefusals();
  answer(200, '');
  answer(404, 'order-not-found');
  answer(401, 'invalid-credentials');
  answer(429, 'too-many-requests');
  expect(told).toEqual([]);
  answer(429, 'too-many-attempts');
  expect(told).toHaveLength(1);
});
