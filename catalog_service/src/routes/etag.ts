import type { Product } from '../domain/product.ts';
import { problem } from '../problems.ts';

/**
 * `"<revision>.<version>"`. The reply holds the stock, so `If-None-Match` must see the version: a 304 would hide a
 * sale. `If-Match` looks at the revision alone, so that a sale does not stand in the way of a new description.
 */
export const productETag = ({ revision, version }: Product) => `"${revision}.${version}"`;

/**
 * Whether an `If-None-Match` header has this tag. Express' own check gives way to `Cache-Control: no-cache`, which
 * every fetch that sets `If-None-Match` sends along.
 */
export function hasTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || tagsIn(header)?.some((each) => each.replace(/^W\//, '') === etag) === true;
}

/** A comma may be part of a tag (RFC 9110, section 8.8.3). @returns undefined for what is not a list of tags */
function tagsIn(header: string): string[] | undefined {
  const isList = /^\s*(W\/)?"[^"]*"(\s*,\s*(W\/)?"[^"]*")*\s*$/.test(header);
  return isList ? (header.match(/(?:W\/)?"[^"]*"/g) ?? []) : undefined;
}

const tag = /^(?:W\/)?"(\d{1,9})(?:\.\d{1,10})?"$/;

/**
 * The revisions that an `If-Match` header allows; undefined when any will do. `"3"` is as good as `"3.17"`, and a
 * weak tag as a strong one: proxies that compress weaken them.
 * @throws Problem `validation-failed` for a header that is not a list of quoted tags
 */
export function allowedRevisions(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = tagsIn(header);
  if (tags === undefined) {
    const message = `must be * or quoted tags such as "3.17", not ${JSON.stringify(header.slice(0, 60))}`;
    throw problem('validation-failed', { errors: [{ field: 'If-Match', message }] });
  }
  return tags.map((each) => Number(tag.exec(each)?.[1] ?? 0));
}
