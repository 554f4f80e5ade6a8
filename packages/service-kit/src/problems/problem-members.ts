import { problemTypeBase } from './problems.ts';

/** What every problem document says, whatever request it answers (RFC 9457). */
export const problemMembers = (code: string, status: number, detail: string, title = titleOf(code)) => ({
  type: `${problemTypeBase}${code}`,
  title,
  status,
  detail,
});

/** Of an `AppError`, which has none of its own. */
const titleOf = (code: string) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');
