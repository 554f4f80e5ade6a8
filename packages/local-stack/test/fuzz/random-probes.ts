import * as fc from 'fast-check';
import { callers } from '../authorization/rules.ts';
import type { World } from '../authorization/world.ts';
import { fromSchema } from './from-schema.ts';
import { authorizations } from './hostile/headers.ts';
import { texts } from './hostile/texts.ts';
import { mutated } from './mutations.ts';
import type { Operation } from './operations.ts';
import { createProbe, type Probe } from './probe.ts';

/** Requests to any operation, most of them nearly as its schemas have it. */
export const randomProbe = (operations: readonly Operation[], callerOf: CallerOf, world: World) =>
  fc.oneof(...operations.map((operation) => probeOf(operation, callerOf, world)));

export type CallerOf = (operation: Operation) => (typeof callers)[number];

function probeOf(operation: Operation, callerOf: CallerOf, world: World): fc.Arbitrary<Probe> {
  const { method, path, isPublic } = operation;
  return fc
    .record({
      caller: fc.oneof(
        { weight: 6, arbitrary: fc.constant(callerOf(operation)) },
        fc.constantFrom(...callers),
      ),
      parameters: parametersOf(operation),
      body: bodyOf(operation),
      headers: fc.option(
        fc.constantFrom(...authorizations).map((authorization) => ({ authorization })),
        { freq: 30, nil: {} },
      ),
      throughGateway: isPublic ? fc.boolean() : fc.constant(false),
    })
    .map((parts) => createProbe(operation, { ...parts, about: `${method} ${path}` }, world));
}

/** Each is left out, right, or hostile: what is right of a path is what there is. */
const parametersOf = ({ parameters }: Operation) =>
  fc
    .record(
      Object.fromEntries(
        parameters.map(({ name, schema }) => [
          name,
          fc.oneof(
            { weight: 6, arbitrary: fc.constant(undefined) },
            { weight: 5, arbitrary: fromSchema(schema).map(String) },
            { weight: 2, arbitrary: fc.constantFrom(...texts) },
          ),
        ]),
      ),
      { noNullPrototype: true },
    )
    .map(
      (all) =>
        Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
          string,
          string
        >,
    );

function bodyOf({ body }: Operation): fc.Arbitrary<Buffer | undefined> {
  if (body === undefined) return fc.constant(undefined);
  const valid = fc.oneof(fromSchema(body.schema), fc.constant(body.example));
  const json = mutated(valid).map((value) => JSON.stringify(value) ?? '');
  if (!body.type.includes('ndjson')) return json.map((text) => Buffer.from(text));
  return fc.array(json, { maxLength: 5 }).map((lines) => Buffer.from(lines.join('\n')));
}
