import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const command = fileURLToPath(new URL('../breaking/main.mjs', import.meta.url));
let folder: string;

const write = (path: string, content: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@shop.test', ...args], { cwd: folder });
const lint = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, found: stderr.split('\n').filter((line) => /^\S+: /.test(line)) };
};

/** A small contract, so that a test may change it. */
const contract = () => ({
  openapi: '3.1.0',
  info: { title: 'order_service', version: '1' },
  paths: {
    '/cart': {
      get: {
        operationId: 'getCart',
        security: [] as object[],
        parameters: [{ name: 'limit', ...{ in: 'query', schema: { type: 'integer' } }, required: false }],
        responses: {
          200: {
            description: 'It.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Line' } } },
          },
        },
      },
      post: {
        operationId: 'addToCart',
        security: [],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } },
        responses: { 201: { description: 'Done.' } },
      },
    } as Record<string, { security: object[]; parameters?: { name: string; required: boolean }[] }>,
  },
  components: {
    schemas: {
      Line: {
        type: 'object',
        properties: { id: { type: 'integer' }, name: { type: 'string' }, state: { enum: ['old'] } } as Record<
          string,
          object
        >,
        required: ['id', 'name', 'state'],
      },
      Item: {
        type: 'object',
        properties: { qty: { type: 'integer' } } as Record<string, object>,
        required: ['qty'],
      },
    },
  },
});
const event = () => ({
  asyncapi: '3.0.0',
  channels: { OrderEvents: { messages: { STOCK_RESERVED: {} } as Record<string, object> } },
  components: {
    messages: { STOCK_RESERVED: { payload: { $ref: '#/components/schemas/STOCK_RESERVED' } } },
    schemas: {
      STOCK_RESERVED: {
        type: 'object',
        properties: { orderNumber: { type: 'string' }, note: { type: 'string' } } as Record<string, object>,
        required: ['orderNumber'],
      },
    },
  },
});

const change = (
  edit: (documents: { order: ReturnType<typeof contract>; events: ReturnType<typeof event> }) => void,
  changelog = '',
) => {
  const documents = { order: contract(), events: event() };
  edit(documents);
  write('order_service/openapi.yaml', stringify(documents.order));
  write('docs/asyncapi.yaml', stringify(documents.events));
  write('CHANGELOG.md', `# Changelog\n\n${changelog}- Breaking: GET /old was removed.\n`);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breaking-'));
  git('init', '--quiet', '--initial-branch', 'main');
  change(() => {});
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  git('switch', '--quiet', '--create', 'change');
  git('commit', '--quiet', '--message', 'Go on', '--allow-empty');
});
afterAll(() => rmSync(folder, { recursive: true }));

it('finds what callers of the release before would trip over, at each operation that has it', () => {
  change(({ order, events }) => {
    const { Line, Item } = order.components.schemas;
    delete Line.properties['name'];
    Line.required = ['id', 'state'];
    Line.properties['id'] = { type: 'string' };
    Item.properties['colour'] = { type: 'string' };
    Item.required.push('colour');
    const { get } = order.paths['/cart'];
    get?.security.push({ bearer: [] });
    for (const parameter of get?.parameters ?? []) parameter.required = true;
    events.components.schemas.STOCK_RESERVED.required.push('note');
  });
  const { status, found } = lint();
  expect(status).toBe(1);
  const reply = 'responses.200.content.application/json.schema';
  for (const expected of [
    `order_service/openapi.yaml: GET /cart: ${reply}.properties.name: removed {"type":"string"}`,
    `order_service/openapi.yaml: GET /cart: ${reply}.properties.id.type: "integer" is "string" now`,
    'order_service/openapi.yaml: GET /cart: parameters.0.required: added true',
    'order_service/openapi.yaml: GET /cart: not everybody may call it who could',
    'order_service/openapi.yaml: POST /cart: requestBody.content.application/json.schema.required.1: added "colour"',
  ])
    expect(found).toContain(expected);
  expect(found.at(-1)).toMatch(
    /^docs\/asyncapi\.yaml: OrderEvents\/STOCK_RESERVED: .*required\.1: added "note"$/,
  );
});

it('finds removed operations and events, unless new lines of the changelog announce them', () => {
  const remove = ({
    order,
    events,
  }: {
    order: ReturnType<typeof contract>;
    events: ReturnType<typeof event>;
  }) => {
    delete order.paths['/cart']['post'];
    delete order.paths['/cart']['get'];
    events.channels.OrderEvents.messages = {};
  };
  change(
    remove,
    '- Breaking: GET /cart is POST /basket now.\n- Breaking: `OrderEvents/STOCK_RESERVED`: nobody reads it.\n',
  );
  const { status, found, stdout } = lint('main');
  expect(found).toEqual([expect.stringMatching(/^order_service\/openapi\.yaml: POST \/cart: /)]);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^1 breaking changes since main, and 2 that CHANGELOG.md announces/);
});

it('lets pass what is only added, and what callers must expect', () => {
  change(({ order, events }) => {
    const { Line, Item } = order.components.schemas;
    Line.properties['colour'] = { type: 'string' };
    Line.properties['state'] = { enum: ['old', 'new'] };
    Line.required.push('colour');
    Item.properties['colour'] = { type: 'string' };
    Object.assign(order.paths, { '/basket': contract().paths['/cart'] });
    events.components.schemas.STOCK_RESERVED.properties['colour'] = { type: 'string' };
  });
  expect(lint()).toMatchObject({ status: 0, found: [] });
});

it('says that a base is not there', () => {
  expect(lint('no-such-commit')).toMatchObject({
    status: 1,
    found: [expect.stringContaining('no-such-commit')],
  });
});
