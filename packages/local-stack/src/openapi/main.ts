import { mkdir, writeFile } from 'node:fs/promises';

/** Writes the OpenAPI documents of the services that have no openapi.yaml yet to where Spectral reads them. */
const folder = new URL('../../../../node_modules/.cache/openapi/', import.meta.url);
await mkdir(folder, { recursive: true });
for (const name of ['order_service', 'payment_service']) {
  const { document } = await import(name);
  await writeFile(new URL(`${name}.json`, folder), JSON.stringify(document, null, 2));
}
