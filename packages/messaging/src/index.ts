export * from './dead-letters.ts';
export * from './event.ts';
export * from './event-bus.ts';
export * from './in-process-bus.ts';
export * from './inbox.ts';
export * from './outbox.ts';
export * from './relay.ts';
export * from './subscriber.ts';
