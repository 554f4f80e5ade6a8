import { fields } from '@shop/contracts';
import type { Parameter } from '@shop/service-kit';

export const productId: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Of the product. What cannot be an id is 400, an id that no product has is 404.',
  schema: fields.id,
  example: 14,
};

export const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The `ETag` of the reply that the caller has. Browsers send it by themselves.',
  schema: { type: 'string' },
};

export const ifMatch: Parameter = {
  name: 'If-Match',
  in: 'header',
  description:
    'The `ETag` that was read: changes nothing, and is 412, when the content was changed since. A sale in between ' +
    'does not matter. `"3"`, the revision alone, does as well; `*` or nothing is "whatever it is by now".',
  schema: { type: 'string' },
  example: '"3.17"',
};

export const notModified = { description: 'The caller has it already.' };

/** A reply of JSON, with an example of it. */
export function jsonReply(description: string, schema: object, example: unknown, headers?: object) {
  const content = { 'application/json': { schema, example } };
  return { description, content, ...(headers && { headers }) };
}

export const tagHeaders = (description: string) => ({ ETag: { description, schema: { type: 'string' } } });
