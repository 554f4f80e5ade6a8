import { Ajv2020 } from 'ajv/dist/2020.js';
import { readLogin, readRegistration } from '../src/domain/account-input.ts';
import { document } from '../src/generated/openapi.ts';

const ajv = new Ajv2020({ strict: false, formats: { password: true } });
const size: Record<string, (text: string) => number> = {
  'x-utf8-bytes': (text) => Buffer.byteLength(text),
  'x-nfkc-characters': (text) => [...text.normalize('NFKC')].length,
  'x-nfc-characters': (text) => [...text.normalize('NFC').trim()].length,
};
for (const [keyword, of] of Object.entries(size))
  ajv.addKeyword({
    keyword,
    type: 'string',
    validate: ({ minimum = 0, maximum }: { minimum?: number; maximum: number }, value: string) =>
      of(value) >= minimum && of(value) <= maximum,
  });
ajv.addSchema({ $id: 'document', ...document });
const schemaOf = (name: string) => ajv.compile({ $ref: `document#/components/schemas/${name}` });

const readers = [
  { name: 'Registration', read: readRegistration, validate: schemaOf('Registration') },
  { name: 'Credentials', read: readLogin, validate: schemaOf('Credentials') },
];

const good = { username: 'Ada', email: 'ada@shop.test', password: 'correct horse' };

const characters = ['a', 'Z', '7', 'ä', '漢', '😀', 'İ', ' ', '\t', '\n', '\0', '\u007f', '\u00a0', '\u200b'];
characters.push('\u00ad', '\u034f', '\u202e', '\u2060', '\u2800', '\u3000', '\u3164');
characters.push(
  '\u2028',
  '\u2029',
  '\ufeff',
  '\uff11',
  '½',
  '\ufdfa',
  'u\u0308\u0304',
  'e\u0308',
  '\ud800',
  '\ue000',
  '\u0378',
  '@',
  '"',
  '\\',
);
const lengths = [
  0, 1, 2, 3, 9, 10, 11, 18, 23, 24, 25, 35, 36, 37, 49, 50, 51, 71, 72, 73, 116, 117, 118, 127, 128, 129,
  243, 244, 245, 254, 255, 511, 512, 513,
];

/** A run of one character, alone and among others, at its beginning, middle and end. */
function* texts() {
  for (const character of characters) {
    for (const length of lengths) {
      const run = character.repeat(length);
      yield* [run, `${run}@shop.test`, `x@${run}`, `a${run}`, `${run}a`, `a${run}b`, ` ${run}b `];
    }
  }
}

const others = [undefined, null, 0, 1, true, false, [], ['a'], {}, { length: 12 }];
const bodies = [null, undefined, 0, 'text', true, [], [good], {}, good, { ...good, role: 'admin', extra: 1 }];

const accepts = (read: (body: unknown) => unknown, body: unknown) => {
  try {
    read(body);
    return true;
  } catch {
    return false;
  }
};

describe.each(readers)('what the document says of a $name', ({ read, validate }) => {
  it.each(Object.keys(good))('and what the service accepts as %s are the same', (field) => {
    const isKnownToService = (name: string) =>
      name === 'email' || (name === 'password' && read === readRegistration);
    const verdicts = { accepted: 0, refused: 0 };
    const disagreements: unknown[] = [];
    for (const value of [...texts(), ...others]) {
      const body = { ...good, [field]: value };
      const accepted = accepts(read, body);
      verdicts[accepted ? 'accepted' : 'refused'] += 1;
      // What an address is and what is guessed first, no pattern says; the document must only not refuse one.
      const agree = isKnownToService(field) ? !accepted || validate(body) : accepted === validate(body);
      if (!agree) disagreements.push({ value, accepted });
    }
    expect(disagreements).toEqual([]);
    expect(verdicts.accepted).toBeGreaterThan(50);
    // A log-in does not look at a username.
    if (read === readRegistration || field !== 'username') expect(verdicts.refused).toBeGreaterThan(50);
  });

  it.each(bodies)('and what the service does with %j are the same', (body) => {
    expect(validate(body)).toBe(accepts(read, body));
  });
});
