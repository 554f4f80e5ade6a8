const deep = (open: string, close: string, levels: number) =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;

/** Members of a body, whatever it takes there; as JSON, which says more than a literal can. */
// biome-ignore format: a table
export const members: readonly string[] = [
  ...['null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '0.1', '1e-7', '1e3', '1e21', '1e308', '1e999', '-1e999', '1.0000000000000001'],
  ...['2147483647', '2147483648', '-2147483649', '4294967295', '9007199254740991', '9007199254740992', '9223372036854775807', '9'.repeat(400), `0.${'0'.repeat(400)}1`],
  ...['[]', '{}', '[[]]', '[null]', '[{}]', '[1,"1",true,null]', '[1,1,1]', '{"0":1,"length":1}', '{"a":null}', '{"":1}', '{" ":1}'],
  ...['{"$gt":""}', '{"$ne":null}', '{"$where":"sleep(9)"}', '{"toString":1}', '{"valueOf":1}', '{"then":1}', '{"toJSON":1}', '{"length":-1}'],
  ...['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}', '{"__proto__":null}', '["__proto__"]', '{"hasOwnProperty":1}'],
  ...['"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\uffff"', '"\\u202e"', '"1"', '""', '" "', '"null"', '"\\r\\nX: y"', '"\\u2028"'],
  ...[`[${'1,'.repeat(2_000)}1]`, `[${'{},'.repeat(300)}{}]`, `"${'x'.repeat(30_000)}"`, `{${Array.from({ length: 300 }, (_, index) => `"k${index}":${index}`)}}`],
  ...[deep('[', ']', 31), deep('[', ']', 33), deep('{"a":', '}', 33), deep('[{"a":', '}]', 200)],
];

/** Whole bodies, as their bytes in latin1. */
// biome-ignore format: a table
export const bodies: readonly string[] = [
  ...['', ' ', '\n', '\0', '{', '}', '[', ']', '"', '{}', '[]', 'null', 'true', '0', '""', '{}{}', '{},', '{"a"}', '{"a":}', '{a:1}', "{'a':1}"],
  ...['{"a":1,"a":2}', '{"a":1,}', '[1,]', '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}', '{"a":0x1}', '{"a":NaN}', '{"a":undefined}', '{"a":\'b\'}'],
  ...['{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u00"}', '{"a":"\n"}', '/* c */ {}', '// c\n{}', '{"a":1}// c', '\ufeff{}'.replace('\ufeff', '\xef\xbb\xbf'), '\xff\xfe{\0}\0'],
  ...['{"a":"\xff"}', '{"a":"\xc0\x80"}', '{"a":"\xed\xa0\x80"}', '{"a":"\xf8\x88\x80\x80\x80"}', '\xc3', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'],
  ...['a=1&b=2', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--', '\x1f\x8b\x08\0', '%PDF-1.7', 'PK\x03\x04', '{"__proto__":{"a":1}}'],
  ...['{"constructor":{"prototype":{"a":1}}}', `{"a":${deep('[', ']', 5_000)}}`, `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`, '['.repeat(90_000), `"${'x'.repeat(102_400)}"`, `{"a":${'9'.repeat(50_000)}}`],
];
