import { PassThrough, Writable } from 'node:stream';
import type { Response } from 'express';
import { createEventStreams } from '../src/event-streams.ts';

it('an event that comes after the gateway has ended a stream is not written to it', async () => {
  const streams = createEventStreams();
  const fromService = new PassThrough();
  const slowClient = Object.assign(new Writable({ write: () => {} }), { flushHeaders: () => {} });
  const errors: Error[] = [];
  slowClient.on('error', (error) => errors.push(error));
  streams.add(fromService, slowClient as unknown as Response);
  fromService.pipe(slowClient);
  fromService.write('data: 1\n\n');
  await new Promise((resolve) => setImmediate(resolve));

  streams.end();
  fromService.write('data: 2\n\n');
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([]);
});
