import { apiCompare } from 'api-smart-diff';

/**
 * What of a contract a caller of the old one may trip over.
 * @param {object} before an OpenAPI document in one piece
 * @param {object} after
 * @returns {{ of: string, what: string }[]} `of` is an operation: `POST /cart`
 */
export function breakingChanges(before, after) {
  const { diffs } = apiCompare(withContents(before), withContents(after));
  const found = diffs.filter(isBreaking).map(({ path, action, before: was, after: is, description }) => {
    const [, route = '', method = ''] = path;
    const where = path.slice(3).join('.');
    const change =
      { add: `added ${short(is)}`, remove: `removed ${short(was)}` }[action] ??
      `${short(was)} is ${short(is)} now`;
    return {
      of: `${String(method).toUpperCase()} ${route}`,
      what: method === '' ? description : `${where}: ${change}`,
    };
  });
  return [...found, ...narrowed(before, after)];
}

/** Lines of NDJSON and events of a stream have their schema beside that of the text. */
const withContents = (document) =>
  JSON.parse(JSON.stringify(document), (_, value) => value?.contentSchema ?? value);

/** What is shared is compared where it is used, for there it is known who sends it. */
function isBreaking({ type, action, path, before, after }) {
  if (path[0] !== 'paths' || path[3] === 'security') return false;
  const isReply = path.includes('responses');
  const keyword = path.findLast((part) => typeof part === 'string');
  // The tool itself takes a reply of another type for the same.
  if (keyword === 'type' && action === 'replace')
    return isReply ? !includes(before, after) : !includes(after, before);
  // A caller must expect codes and statuses that it does not know, and does not check what it is told.
  if (isReply && (keyword === 'enum' || limits.has(keyword))) return false;
  return type === 'breaking';
}

const limits = new Set(
  'minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern format minItems maxItems maxProperties'.split(
    ' ',
  ),
);

/** Whether all types of the second are among those of the first. */
const includes = (all, some) => [some].flat().every((type) => [all].flat().includes(type));

/** Who may call is in `security` and `x-roles`, and the latter is our own. */
function narrowed(before, after) {
  return Object.entries(before.paths).flatMap(([route, item]) =>
    Object.entries(item).flatMap(([method, { security, 'x-roles': roles }]) => {
      const now = after.paths[route]?.[method];
      if (security === undefined || now === undefined) return [];
      const isOpen = (schemes) =>
        schemes.length === 0 || schemes.some((scheme) => Object.keys(scheme).length === 0);
      const closed = isOpen(security) && !isOpen(now.security);
      const lost = now['x-roles'] && !(roles ?? allRoles).every((role) => now['x-roles'].includes(role));
      const of = `${method.toUpperCase()} ${route}`;
      return closed || lost ? [{ of, what: 'not everybody may call it who could' }] : [];
    }),
  );
}

const allRoles = ['guest', 'customer', 'admin'];

const short = (value) => {
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};
