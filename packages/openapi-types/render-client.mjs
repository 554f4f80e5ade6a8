import { readContract, renderTypes } from './render.mjs';

const methods = ['get', 'put', 'post', 'patch', 'delete'];

/** The types of what a service offers to callers, without its internal operations. */
export async function renderTypesForCallers(path) {
  const contract = await readContract(path, { forCallers: true });
  // A member with a default may be left out of a request.
  return renderTypes(contract, { defaultNonNullable: false });
}

/**
 * `Operations`, the type of every operation of these contracts by its operationId, and `operations`, what a client must
 * know of each to call it: `<METHOD> <path> <traits>`.
 * @throws {Error} when two operations have one operationId, or parameters of one have one name
 */
export async function renderOperations(contracts) {
  const found = new Map();
  for (const { service, path } of contracts) {
    for (const operation of operationsOf(await readContract(path, { forCallers: true }))) {
      const other = found.get(operation.id);
      if (other) throw new Error(`operationId ${operation.id}: ${other.service} and ${service} have it`);
      found.set(operation.id, { ...operation, service });
    }
  }
  const services = contracts.map(({ service }) => service);
  const all = [...found.values()];
  return [
    ...services.map((service) => `import type { operations as ${service} } from './${service}.ts';`),
    '',
    '/** Every operation that the gateway forwards, by its operationId. */',
    'export interface Operations {',
    ...all.flatMap(({ id, comment, service }) => [...comment, `  ${id}: ${service}['${id}'];`]),
    '}',
    '',
    '/** Method, path and traits of each: see `operation.ts`. */',
    'export const operations = {',
    ...all.map(({ id, call }) => `  ${id}: '${call}',`),
    '} as const satisfies Record<keyof Operations, string>;',
    '',
  ].join('\n');
}

function* operationsOf(contract) {
  for (const [path, item] of Object.entries(contract.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (!operation) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
        resolve(contract, parameter),
      );
      requireFlatNames(operation.operationId, parameters);
      const call = [method.toUpperCase(), path, ...traitsOf(contract, method, operation, parameters)].join(
        ' ',
      );
      yield { id: operation.operationId, call, comment: commentOf(operation) };
    }
  }
}

/** A client takes all parameters in one object: names of headers alone begin with a capital. */
function requireFlatNames(id, parameters) {
  const names = parameters.map(({ name }) => name);
  if (new Set(names).size < names.length || names.includes('body'))
    throw new Error(
      `${id}: the names of its parameters must differ, and none be "body": ${names.join(', ')}`,
    );
  for (const { name, in: where } of parameters)
    if (/^[A-Z]/.test(name) !== (where === 'header'))
      throw new Error(`${id}: of its parameters ${name} begins with a capital, or is a header, but not both`);
}

function traitsOf(contract, method, operation, parameters) {
  const takesKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  // A contract that has no 504 says that a lost answer does no harm: the request may be sent again.
  const repeatable = method === 'get' || takesKey || !operation.responses['504'];
  const [, success] = Object.entries(operation.responses).find(([status]) => status.startsWith('2'));
  const reply = resolve(contract, success);
  const schema = reply.content?.['application/json']?.schema;
  const { properties = {} } = resolve(contract, schema) ?? {};
  const traits = {
    bearer: operation.security.some((scheme) => 'bearer' in scheme),
    anyone: operation.security.some((scheme) => !('bearer' in scheme)) || operation.security.length === 0,
    key: takesKey,
    repeatable,
    tokens: 'token' in properties && 'expiresIn' in properties,
    ndjson: operation.requestBody?.content?.['application/x-ndjson'] !== undefined,
    stream: reply.content?.['text/event-stream'] !== undefined,
  };
  return Object.keys(traits).filter((trait) => traits[trait]);
}

function commentOf({ summary, description = '', deprecated }) {
  const text = [summary, '', ...description.trim().split('\n'), ...(deprecated ? ['@deprecated'] : [])];
  const lines = text.map((line) => `   * ${line.replaceAll('*/', '*\\/')}`.trimEnd());
  return ['  /**', ...lines, '   */'];
}

const resolve = (contract, node) =>
  node?.$ref === undefined
    ? node
    : resolve(
        contract,
        node.$ref
          .split('/')
          .slice(1)
          .reduce((part, key) => part[decode(key)], contract),
      );

const decode = (key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
