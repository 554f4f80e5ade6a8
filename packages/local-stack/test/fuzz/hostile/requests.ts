/** Paths as they are sent, which no client library makes of any path; of any service and of the gateway. */
// biome-ignore format: a table
export const paths: readonly string[] = [
  ...['/%', '/%zz', '/%00', '/%ff', '/%c0%af', '/%2e%2e/', '/..', '/../', '/./', '//', '///', '/%2f', '/%5c', '/\\', '/;', '/;a=b', '/*', '/~', '/@', '/|'],
  ...['/products/%00', '/products/%2e%2e', '/products/..;/orders', '/products/1/../../orders', '/products//1', '/products/1/', '/products/1%20', '/products/%31', '/products/1%3f', '/products/%231'],
  ...['/products?', '/products?&', '/products?=', '/products?a', '/products?%', '/products?%00=1', '/products?limit', '/products?limit[]=1', '/products?limit[a]=1', '/products?limit=1&limit=2', '/products?limit=1%00'],
  ...['/products?__proto__=1', '/products?__proto__[a]=1', '/products?constructor=1', '/products?search=%ff', '/products?search=%ed%a0%80', '/products?cursor=%7b%7d', '/products?cursor=e30', '/products?cursor=W10', '/products?cursor=bnVsbA', '/products?cursor=WzEsMiwzXQ', '/products?cursor=eyJfX3Byb3RvX18iOnt9fQ'],
  ...[`/products?${'a=1&'.repeat(1_500)}`, `/${'a'.repeat(8_000)}`, `/${'a/'.repeat(4_000)}`, `/products/${'1'.repeat(5_000)}`, `/products?ids=${'1,'.repeat(3_000)}1`],
  ...['/orders?cursor=e30', '/orders?cursor=W10', '/orders?from=%00', '/orders?status[]=pending', '/orders/__proto__', '/orders/%F0%9F%98%80%F0%9F%98%80', '/cart/__proto__', '/cart/1e0', '/cart/-1', '/users/0/standing', '/users/1/standing?role=__proto__'],
  ...['/.env', '/.git/config', '/package.json', '/server-status', '/actuator', '/wp-login.php', '/admin', '/debug', '/metrics', '/docs/../package.json', '/docs/%2e%2e%2fpackage.json', '/docs/swagger-ui.css%00', '/openapi.json?x=1', '/pictures/__proto__/a.svg', '/pictures/home/%3Cscript%3E.svg', '/pictures/constructor/a.svg'],
];

/** Bytes on a connection, in latin1, that are no request or hardly one. */
// biome-ignore format: a table
export const connections: readonly string[] = [
  ...['\r\n\r\n', '\0\0\0\0\r\n\r\n', 'GET\r\n\r\n', 'GET /\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'get / HTTP/1.1\r\nHost: x\r\n\r\n', 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ...['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'SSH-2.0-x\r\n\r\n', 'GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ...request('GET / HTTP/1.1', 'Host: a', 'Host: b'),
  ...request('GET / HTTP/1.1', 'Host: a b'),
  ...request('GET / HTTP/1.1', 'Host: x', 'X: \x01'),
  ...request('GET / HTTP/1.1', 'Host: x', ' folded: 1'),
  ...request('GET / HTTP/1.1', 'Host: x', 'X : 1'),
  ...request('GET / HTTP/1.1', 'Host: x', 'Bad\0Name: 1'),
  ...request('GET / HTTP/1.1', 'Host: x', `X: ${'a'.repeat(20_000)}`),
  ...request('GET / HTTP/1.1', 'Host: x', ...Array.from({ length: 3_000 }, (_, index) => `a${index}: 1`)),
  ...request(`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: x'),
  ...request('GET /\xff HTTP/1.1', 'Host: x'),
  ...request('GET /a b HTTP/1.1', 'Host: x'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Content-Length: -1'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Content-Length: 1e1'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Content-Length: 99999999999999999999'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: xchunked'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked, identity'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', '', 'zz\r\n'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', '', 'ffffffffffffffff\r\nx'),
  ...request('POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: chunked', '', `1;${'a'.repeat(20_000)}\r\nx`),
  ...request('GET / HTTP/1.1', 'Host: x', 'Connection: upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x'),
  ...request('TRACE / HTTP/1.1', 'Host: x'),
  ...request('PROPFIND / HTTP/1.1', 'Host: x'),
  ...request('BREW / HTTP/1.1', 'Host: x'),
];

function request(...lines: string[]): [string] {
  return [`${lines.join('\r\n')}\r\n\r\n`];
}
