import { waitFor } from '@shop/testing';

export interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

export interface EventReader {
  readonly status: number;
  readonly headers: Headers;
  /** What came so far, parsed as the standard says. */
  readonly events: readonly StreamEvent[];
  readonly comments: readonly string[];
  /** Resolves when the reply is over, however it ends. */
  readonly over: Promise<void>;
  /** Waits for the events to be that many. */
  received(count: number): Promise<readonly StreamEvent[]>;
  /** Waits for the reply to end; gives the last event. */
  ended(): Promise<StreamEvent | undefined>;
  leave(): Promise<void>;
}

/** Reads server-sent events as a page has to: by fetch, with a token in the header. */
export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const leaving = new AbortController();
  const reply = await fetch(url, { headers, signal: leaving.signal });
  const events: StreamEvent[] = [];
  const comments: string[] = [];
  const over = read(reply, (frame) => {
    const lines = frame.split('\n');
    comments.push(...lines.filter((line) => line.startsWith(':')));
    const { id, event, data } = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)));
    if (event !== undefined) events.push({ ...(id && { id }), event, data: JSON.parse(data ?? 'null') });
  }).catch(() => {});
  return {
    status: reply.status,
    headers: reply.headers,
    events,
    comments,
    over,
    received: async (count) => {
      await waitFor(() => events.length >= count, { what: `${count} events, not ${events.length}` });
      return events;
    },
    ended: async () => {
      await over;
      return events.at(-1);
    },
    leave: async () => {
      leaving.abort();
      await over;
    },
  };
}

async function read(reply: Response, take: (frame: string) => void): Promise<void> {
  if (reply.body === null) return;
  let text = '';
  for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      take(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}
