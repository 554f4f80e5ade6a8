import type { Problem } from './define-problems.ts';
import { problemTypeBase } from './problems.ts';

/** What every problem document says, whatever request it answers (RFC 9457). */
export const problemMembers = ({ code, title, status, message }: Problem) => ({
  type: `${problemTypeBase}${code}`,
  title,
  status,
  detail: message,
  code,
});
