import type { IncomingMessage } from 'node:http';

const longRequests = new WeakSet<IncomingMessage>();

/**
 * Takes the limit from how long a request may take to come whole: only its silence is limited any more, while it is waited
 * for. For bodies that are worked on as they come, by which the service decides how fast that is.
 */
export function allowLongRequest(req: IncomingMessage): void {
  longRequests.add(req);
}

export const mayBeLong = (req: IncomingMessage) => longRequests.has(req);
