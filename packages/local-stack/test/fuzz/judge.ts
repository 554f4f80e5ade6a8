import { problemFaults } from '../bad-input/problem.ts';
import type { Reply } from '../bad-input/send.ts';
import type { Probe } from './probe.ts';

/** What no request may make of a service. */
export function faultsOf(probe: Probe, reply: Reply): string[] {
  const { status = 0, text } = reply;
  if (status >= 500 && !isUnavailable(reply)) return [`${status} ${text.slice(0, 300)}`];
  if (status < 400 || probe.method === 'HEAD') return [];
  const faults = problemFaults(reply, probe.path, sentBy(probe));
  // It may say so itself, as the gateway does.
  return 'x-forwarded-prefix' in probe.headers ? faults.filter((fault) => !/^instance/.test(fault)) : faults;
}

/** What every contract has for the moments in which something it needs is missing. */
const isUnavailable = ({ status, headers }: Reply) =>
  status === 504 || (status === 503 && headers['retry-after'] !== undefined);

/** All that a reply may repeat, as it is and decoded. */
function sentBy({ method, path, headers, body }: Probe): string {
  const url = path.replaceAll(/%[0-9a-f]{2}/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
  return [method, path, url, ...Object.values(headers).flat(), body?.toString() ?? ''].join('\n');
}

/** Of a finding: enough to send it again. */
export const described = ({ about, service, method, path, headers, body }: Probe) =>
  `${about} → ${service} ${method} ${path.slice(0, 300)} ${JSON.stringify(shortened(headers))} ${body?.toString('latin1').slice(0, 300) ?? ''}`;

const shortened = (headers: Probe['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).slice(0, 120)]));
