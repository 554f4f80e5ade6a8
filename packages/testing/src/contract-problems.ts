import {
  type ContractDocument,
  type ProblemDefinition,
  problemTitle,
  problemTypeBase,
} from '@shop/service-kit';
import { follow, listOperations, type MediaType, type Reference } from './contract-operations.ts';

type Catalogue = Readonly<Record<string, ProblemDefinition>>;

/**
 * How a contract and a service's catalogue of problems (`src/problems.ts`) differ; a test expects it to be empty.
 *
 * Every reply with `application/problem+json` lists its codes (`enum` or `const` of the member `code`), explains each
 * in its description as "`code`: …", and stands at the status that the catalogue gives the code, or at `default`.
 * `type`, `title` and `status` of its examples are the catalogue's. Every code of the catalogue stands in some reply.
 */
export function problemDifferences(document: ContractDocument, problems: Catalogue): readonly string[] {
  const replies = problemRepliesOf(document);
  const described = new Set(replies.flatMap(({ codes }) => codes));
  const differences = replies.flatMap((reply) =>
    [...differencesOf(reply, problems)].map((difference) => `${reply.name} ${difference}`),
  );
  const forgotten = Object.keys(problems).filter((code) => !described.has(code));
  return [...new Set([...differences, ...forgotten.map((code) => `no operation describes ${code}`)])];
}

/** Every code that an operation of a contract may answer with. */
export const problemCodesOf = (document: ContractDocument): readonly string[] => [
  ...new Set(problemRepliesOf(document).flatMap(({ codes }) => codes)),
];

type ProblemReply = ReturnType<typeof problemRepliesOf>[number];

function problemRepliesOf(document: ContractDocument) {
  return listOperations(document).flatMap(({ operation }) =>
    Object.entries(operation.responses).flatMap(([status, reference]) => {
      const { value: reply, pointer } = follow(document, reference);
      const media = reply.content?.['application/problem+json'];
      if (media === undefined) return [];
      const { description } = reply;
      const codes = codesOf(document, media.schema ?? {});
      return { name: pointer || description, status, description, codes, examples: examplesIn(media) };
    }),
  );
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
  const { enum: several = [], const: one } = properties?.code ?? {};
  return [
    ...several,
    ...(one === undefined ? [] : [one]),
    ...[...allOf, ...oneOf, ...anyOf].flatMap((part) => codesOf(document, part)),
  ];
}

type ProblemExample = { type?: string; title?: string; status?: number; code?: string };

const examplesIn = ({ example, examples = {} }: MediaType) =>
  [example, ...Object.values(examples).map(({ value }) => value)].filter(
    (value): value is ProblemExample => value !== undefined,
  );

function* differencesOf({ status, description, codes, examples }: ProblemReply, problems: Catalogue) {
  if (codes.length === 0) yield 'lists no code';
  for (const code of codes) {
    const known = problems[code];
    if (known === undefined) {
      yield `has the code ${code}, which the catalogue does not have`;
      continue;
    }
    if (status !== 'default' && status !== String(known.status))
      yield `has the code ${code} at ${status}, not at ${known.status}`;
    if (!description.includes(`\`${code}\`: `)) yield `does not explain the code ${code}`;
  }
  for (const { type, title, status, code = '' } of examples) {
    const known = problems[code];
    if (known === undefined || !codes.includes(code)) yield `has an example of ${code || 'no code'}`;
    else if (type !== `${problemTypeBase}${code}` || title !== problemTitle(code) || status !== known.status)
      yield `has an example of ${code} with another type, title or status`;
  }
}
