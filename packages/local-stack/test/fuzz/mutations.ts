import * as fc from 'fast-check';
import { members } from './hostile/bodies.ts';
import { texts } from './hostile/texts.ts';

/** Any hostile value of a member: `JSON.parse` makes `__proto__` a member like others. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...members).map((json) => JSON.parse(json)),
  fc.constantFrom(...texts),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

const mutation = fc.record({
  at: fc.nat(60),
  what: fc.constantFrom('replace', 'remove', 'add', 'wrap'),
  name: fc.constantFrom('__proto__', 'constructor', 'toString', 'id', 'role', '', 'Ω', '$where', '0'),
  value: hostileValue,
});
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

/** The same value, or one with a few places of it changed. */
export const mutated = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: valid },
    {
      weight: 3,
      arbitrary: fc.tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 3 })).map(applyAll),
    },
    { weight: 1, arbitrary: hostileValue },
  );

const applyAll = ([value, mutations]: [unknown, Mutation[]]) => mutations.reduce(apply, value);

function apply(whole: unknown, { at, what, name, value }: Mutation): unknown {
  const copy = { whole: structuredClone(whole) };
  const places = placesOf(copy);
  const place = places[at % places.length];
  if (place === undefined) return value;
  const { holder, key } = place;
  if (what === 'remove') delete holder[key];
  else if (what === 'wrap') holder[key] = [holder[key]];
  else if (what === 'add' && isHolder(holder[key]))
    Object.defineProperty(holder[key], name, { value, enumerable: true, configurable: true, writable: true });
  else holder[key] = value;
  return copy.whole;
}

type Holder = Record<string, unknown>;

function placesOf(holder: Holder): { holder: Holder; key: string }[] {
  return Object.keys(holder).flatMap((key) => {
    const value = holder[key];
    return [{ holder, key }, ...(isHolder(value) ? placesOf(value) : [])];
  });
}

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;
