/** What every problem document says, whatever request it answers (RFC 9457). */
export const problemMembers = (code: string, status: number, detail: string) => ({
  type: `urn:shop:problem:${code}`,
  title: code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' '),
  status,
  detail,
});
