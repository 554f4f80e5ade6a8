import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';

/** What ties together all that one request causes, in every service: W3C trace context and the request's id. */
export interface Trace {
  readonly requestId: string;
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent: string;
}

const storage = new AsyncLocalStorage<Trace>();

/** The trace of the request or event being handled, if any. */
export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** Runs `work`, and all that it awaits, within a trace. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work);
}

const wellFormedTraceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const wellFormedRequestId = /^[A-Za-z0-9._:-]{1,128}$/;

/** Continues the trace that a caller sent, or begins one; ill-formed values are replaced, never passed on. */
export function continueTrace(requestId: string | undefined, traceparent: string | undefined): Trace {
  return {
    requestId: requestId !== undefined && wellFormedRequestId.test(requestId) ? requestId : randomUUID(),
    traceparent:
      traceparent !== undefined && wellFormedTraceparent.test(traceparent)
        ? traceparent
        : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  };
}
