/** Texts for every place that takes one: a path, a query, a member of a body. */
// biome-ignore format: a table
export const texts: readonly string[] = [
  ...['', ' ', '\t', '\u00a0', '\u3000', '\u200b', '\ufeff', '\u2800', '\u0000', 'a\u0000b', '\u0007', '\u001b[2J'],
  ...['\u007f', '\u0085', '\u2028', '\r\nSet-Cookie: a=b', 'a\nb', '\u202eabc', '\u2066\u2069', '\ud83d', '\ude00'],
  ...['a\ud800', '\ude00\ud83d', '\uffff', '\ufffd', '\u{10ffff}', '😀', '👩‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '\u0301', 'ﬁ', 'ß', 'ẞ', 'İ', 'ı'],
  ...['Ω', 'Å', '№', '㎏', '𝔸', 'а', 'ⅷ', '١٢٣', '１２３', '²', '½', '\u0e33', 'นี่', 'ﷺ', '\u115f', '𠜎'],
  ...["'", '"', '`', '\\', "\\'", "''", "' OR '1'='1", "'; DROP TABLE users; --", '1; SELECT pg_sleep(9)', '1 UNION ALL SELECT 1'],
  ...["')) OR 1=1--", '$$', '$1', '%', '_', '%%', '\\%', '%s%n', '{{7*7}}', '\x24{7*7}', '#{7*7}', '<%= 7 %>', '{$gt: ""}'],
  ...['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', 'javascript:alert(1)', 'data:text/html,x', '&lt;', '&#0;'],
  ...['../../etc/passwd', '..\\..\\windows', '/etc/passwd', '.', '..', '...', '~', '-', '--', '-rf', '|ls', '`id`', '$(id)', '; id'],
  ...['file:///etc/passwd', 'http://169.254.169.254/latest/meta-data', 'http://[::1]:1/', '//evil.example', 'gopher://x', 'CON', 'nul.'],
  ...['null', 'undefined', 'true', 'false', 'NaN', 'Infinity', '-Infinity', '[]', '{}', '[object Object]', 'None', 'nil'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'length', 'then'],
  ...['0', '-0', '-1', '1', '01', '+1', '1.0', '1.5', '1e1', '1e400', '-1e-400', '0x10', '0b1', '0o7', '1_000', '1,000', ' 1', '1 '],
  ...['2147483647', '2147483648', '-2147483649', '4294967296', '9007199254740993', '9223372036854775808', '9'.repeat(40)],
  ...['1970-01-01T00:00:00Z', '0000-00-00', '2026-02-30', '9999-12-31T23:59:60Z', '+275760-09-13', '2026-01-01T00:00:00+99:99'],
  ...['a@b', '@', 'a@b@c', '"a b"@c.de', 'a@[127.0.0.1]', `${'a'.repeat(65)}@b.de`, 'a@b.de\u0000', 'a@b.de,c@d.de'],
  ...['&', 'a&b', '|', '!', 'a | b', '!!', '<->', 'a:*', ':*', '(', ')', '()', '((', '*', '?', '+', 'a~', '"a', 'AND', 'OR NOT'],
  ...['(a+)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', `${'a'.repeat(33)}!`, 'x'.repeat(256), 'x'.repeat(2_000), '😀'.repeat(500), ' '.repeat(900), 'a '.repeat(400), 'e\u0301'.repeat(300)],
];
