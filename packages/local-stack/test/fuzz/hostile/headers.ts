/** A header and its value, its bytes in latin1: with a body that is otherwise right. */
// biome-ignore format: a table
export const headers: readonly (readonly [name: string, value: string])[] = [
  ...values('content-type', '', 'json', 'application/', 'application/json;', 'application/json; charset', 'application/json; charset=utf-16', 'application/json; charset=utf-7'),
  ...values('content-type', 'application/json; charset="utf-8"', 'APPLICATION/JSON', 'application/json, text/html', 'application/vnd.api+json', 'text/json', 'text/plain; application/json'),
  ...values('content-type', 'multipart/form-data', 'application/x-www-form-urlencoded', 'application/octet-stream', '*/*', 'application/x-ndjson', `application/json; a=${'b'.repeat(4_000)}`),
  ...values('content-encoding', 'gzip', 'GZIP', 'br', 'deflate', 'zstd', 'identity', 'identity, gzip', 'gzip, gzip', 'x-gzip', '', 'compress', '*'),
  ...values('accept', '', '*', 'text/html', 'application/xml', 'application/json;q=0', 'a/b;q=9', ';', `${'a/b,'.repeat(1_000)}c/d`, '*/*;q=\0'.replace('\0', '.')),
  ...values('accept-encoding', '', '*;q=0', 'identity;q=0', 'gzip;q=nan', 'br;q=1;q=0', `${'x,'.repeat(1_000)}gzip`, 'zstd'),
  ...values('accept-language', '*', '../../etc', 'de-\xc3\xa4', `${'de,'.repeat(900)}en`),
  ...values('accept-charset', 'utf-7', '*;q=0'),
  ...values('if-match', '', '*', '"', '""', 'W/"1"', '1', '"1', '"1",', '*,"1"', '"a\\"b"', `"${'x'.repeat(4_000)}"`, `${'"1",'.repeat(1_000)}"2"`, '"\xff"'),
  ...values('if-none-match', '', '*', '"', 'W/', '"1" "2"', `${'W/"1",'.repeat(1_000)}"2"`),
  ...values('if-modified-since', '0', 'yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT', '-1'),
  ...values('range', 'bytes=0-', 'bytes=-1', 'bytes=9-1', 'lines=1-2', `bytes=${'0-1,'.repeat(900)}2-3`),
  ...values('idempotency-key', '', ' ', '"', '\xff', 'a b', 'x'.repeat(255), 'x'.repeat(256), "'; DROP TABLE x", '__proto__', '{}', 'a,b', '\xf0\x9f\x98\x80'),
  ...values('last-event-id', '', '-1', '0', '1.5', 'x', '9'.repeat(15), '9'.repeat(40), '1 OR 1=1', '\xe2\x82\xac'),
  ...values('stripe-signature', '', 't=', 't=1', 'v1=', 't=1,v1=a', 't=1,v1=a,v1=b', 't=9999999999999,v1=a', 't=-1,v1=', `t=1,${'v1=a,'.repeat(900)}v1=b`),
  ...values('x-request-id', '', ' ', 'x'.repeat(4_000), 'a b', '<script>', '\xff', '\xc3\xa4', '\x24{jndi:ldap://x}', '../..'),
  ...values('traceparent', '', '00', '00-0-0-00', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-zz`),
  ...values('tracestate', ',', '=', 'a=b=c', `${'a=b,'.repeat(500)}c=d`),
  ...values('x-forwarded-for', '', '127.0.0.1', '::1', 'unknown', '1.2.3.4:80', '999.1.1.1', "'--", `${'1.1.1.1,'.repeat(900)}2.2.2.2`, '::ffff:1.2.3.4', '_hidden'),
  ...values('x-forwarded-prefix', '/', '//evil.example', '/../..', '/api/api', '/<b>', '/a'.repeat(50), 'api'),
  ...values('x-forwarded-host', 'evil.example', 'a b', ''),
  ...values('x-forwarded-proto', 'https', 'javascript', 'https,http'),
  ...values('forwarded', 'for=_x', 'for="[::1]"', 'host=evil.example'),
  ...values('x-http-method-override', 'DELETE', 'GET'),
  ...values('x-original-url', '/admin', '/users/1/standing'),
  ...values('origin', 'null', 'https://evil.example', 'http://localhost:1', 'http://localhost.evil.example', 'file://', '*'),
  ...values('access-control-request-method', 'DELETE', 'x y'),
  ...values('cookie', 'a', '__proto__=1', `a=${'b'.repeat(4_000)}`, '=;=;='),
  ...values('expect', '100-continue', '200-ok', ''),
  ...values('user-agent', '', '() { :;}; echo x', '\xff', 'x'.repeat(4_000)),
  ...values('prefer', 'respond-async', 'return=minimal'),
  ...values('upgrade', 'h2c'),
  ...values('te', 'trailers', 'gzip'),
  ...values('__proto__', 'x'),
  ...values('constructor', 'x'),
];

function values(name: string, ...all: string[]): [string, string][] {
  return all.map((value) => [name, value]);
}

/** Values of `Authorization`. Tokens that are well formed and wrong are those of bad-input/tokens.ts. */
// biome-ignore format: a table
export const authorizations: readonly string[] = [
  ...['', ' ', 'Bearer', 'Bearer ', 'bearer x', 'BEARER a.b.c', 'Bearer  a.b.c', 'Bearer a.b.c d', 'Bearer a,b', 'Bearer null', 'Bearer undefined', 'Bearer [object Object]'],
  ...['Bearer .', 'Bearer ..', 'Bearer ...', 'Bearer a.b', 'Bearer a.b.c.d', 'Bearer e30.e30.', 'Bearer e30.e30.e30', 'Bearer W10.W10.W10', 'Bearer bnVsbA.bnVsbA.bnVsbA', 'Bearer ====', 'Bearer \xff'],
  ...['Basic', 'Basic YWRtaW46YWRtaW4=', 'Digest username="a"', 'Negotiate x', 'Token x', 'JWT a.b.c', 'a.b.c', `Bearer ${'a'.repeat(6_000)}`, `Bearer ${'a.'.repeat(3_000)}`, 'Bearer a.b.c, Bearer d.e.f'],
  // {"alg":"none"} and {"alg":"HS256","kid":null}, each with {"id":1,"role":"admin"}
  ...['Bearer eyJhbGciOiJub25lIn0.eyJpZCI6MSwicm9sZSI6ImFkbWluIn0.', 'Bearer eyJhbGciOiJIUzI1NiIsImtpZCI6bnVsbH0.eyJpZCI6MSwicm9sZSI6ImFkbWluIn0.AAAA'],
];
