/**
 * Posts JSON, and gives the JSON that is answered.
 * @throws Error when anything but 2xx is answered
 */
export async function post(url: string, body: object, headers = {}): Promise<Record<string, unknown>> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`POST ${url}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as Record<string, unknown>;
}
