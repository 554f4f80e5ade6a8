import type { ContractDocument } from '@shop/service-kit';
import { type ProblemDefinition, problemTitle, problemTypeBase } from '@shop/service-kit';
import { follow, listOperations, type MediaType, type Reference, type Reply } from './contract-operations.ts';

type Catalogue = Readonly<Record<string, ProblemDefinition>>;

/**
 * How a contract and a service's catalogue of problems (`src/problems.ts`) differ; a test expects it to be empty.
 *
 * Every reply with `application/problem+json` lists its codes (`enum` or `const` of the member `code`), explains each
 * in its description as "`code`: …", and stands at the status that the catalogue gives the code, or at `default`.
 * `type`, `title` and `status` of its examples are the catalogue's. Every code of the catalogue stands in some reply.
 */
export function problemDifferences(document: ContractDocument, problems: Catalogue): readonly string[] {
  const found = new Set<string>();
  const described = new Set<string>();
  for (const { operation } of listOperations(document)) {
    for (const [status, reference] of Object.entries(operation.responses)) {
      const { value: reply, pointer } = follow<Reply>(document, reference);
      const media = reply.content?.['application/problem+json'];
      if (media === undefined) continue;
      const codes = codesOf(document, media.schema ?? {});
      for (const code of codes) described.add(code);
      const differences = [
        ...(codes.length === 0 ? ['lists no code'] : []),
        ...codes.flatMap((code) => codeDifferences(code, status, reply, problems)),
        ...examplesIn(media).flatMap((example) => exampleDifferences(example, codes, problems)),
      ];
      for (const difference of differences) found.add(`${pointer || reply.description} ${difference}`);
    }
  }
  for (const code of Object.keys(problems)) {
    if (!described.has(code)) found.add(`no operation describes ${code}`);
  }
  return [...found];
}

type Schema = {
  properties?: { code?: Schema };
  enum?: string[];
  const?: string;
  allOf?: (Schema | Reference)[];
  oneOf?: (Schema | Reference)[];
  anyOf?: (Schema | Reference)[];
};

function codesOf(document: ContractDocument, schema: Schema | Reference): readonly string[] {
  const { properties, allOf = [], oneOf = [], anyOf = [] } = follow(document, schema).value;
  const code = properties?.code;
  return [
    ...(code?.enum ?? []),
    ...(code?.const === undefined ? [] : [code.const]),
    ...[...allOf, ...oneOf, ...anyOf].flatMap((part) => codesOf(document, part)),
  ];
}

function codeDifferences(
  code: string,
  status: string,
  { description }: Reply,
  problems: Catalogue,
): readonly string[] {
  const known = problems[code];
  if (known === undefined) return [`has the code ${code}, which the catalogue does not have`];
  return [
    ...(status === 'default' || status === String(known.status)
      ? []
      : [`has the code ${code} at ${status}, not at ${known.status}`]),
    ...(description.includes(`\`${code}\`: `) ? [] : [`does not explain the code ${code}`]),
  ];
}

type ProblemExample = { type?: string; title?: string; status?: number; code?: string };

const examplesIn = ({ example, examples = {} }: MediaType) =>
  [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)].map(
    (value) => value as ProblemExample,
  );

function exampleDifferences(
  { type, title, status, code = '' }: ProblemExample,
  codes: readonly string[],
  problems: Catalogue,
): readonly string[] {
  const known = problems[code];
  if (known === undefined || !codes.includes(code)) return [`has an example of ${code || 'no code'}`];
  const isSame =
    type === `${problemTypeBase}${code}` && title === problemTitle(code) && status === known.status;
  return isSame ? [] : [`has an example of ${code} with another type, title or status`];
}
