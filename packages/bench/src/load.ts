import autocannon from 'autocannon';

export interface Target {
  readonly url: string;
  readonly requests: readonly autocannon.Request[];
}

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly seconds: number;
  readonly connections?: number;
  /** All connections together; as many as the target answers, if it is not given. */
  readonly perSecond?: number;
}

/**
 * Sends the requests in turn over kept connections.
 * @throws Error when anything but 2xx is answered: a fast refusal is no speed
 */
export async function load({ url, requests }: Target, options: LoadOptions): Promise<Load> {
  const { seconds, connections = 16, perSecond } = options;
  let opened = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    // The shop ends a connection after 100 requests. autocannon would go on to count a request that it sent into the
    // end, and take each later reply for that of the request before.
    reconnectRate: 99,
    // Each connection begins elsewhere, so that they do not all ask for the same at the same time.
    setupClient: (client) => {
      const start = Math.floor((opened++ * requests.length) / connections);
      client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
    },
    ...(perSecond !== undefined && { overallRate: perSecond }),
  });
  const { non2xx, errors, timeouts } = result;
  if (non2xx + errors + timeouts > 0)
    throw new Error(`${url}: ${non2xx} refused, ${errors} failed, of ${result['2xx'] + non2xx}`);
  return { perSecond: result['2xx'] / result.duration, p99Ms: result.latency.p99 };
}
