import { principals, rightsOf } from './rights.ts';

/** All rights, one a line: user, operations, resource. */
export const listRights = (prefix: string): string =>
  principals
    .flatMap((principal) =>
      rightsOf(principal).map(
        ({ on, name, isPrefix, may }) =>
          `${prefix}${principal} ${may.join()} ${on.toLowerCase()} ${prefix}${name}${isPrefix ? '*' : ''}`,
      ),
    )
    .join('\n');
