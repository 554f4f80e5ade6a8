import { Router } from 'express';
import type { ContractDocument } from './contract-document.ts';
import { docsPage } from './docs-page.ts';
import type { OpenApiDocument, Operation, Paths, Responses } from './openapi-document.ts';
import { problems, reply } from './openapi-replies.ts';

export interface ServiceDescription {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  /** JSON Schemas (2020-12) by name: `#/components/schemas/<name>`. */
  readonly schemas: Readonly<Record<string, object>>;
}

/**
 * A service's OpenAPI 3.1 document: its own paths, the paths that every service has, and the problems that every
 * operation can answer: 401 where a token is asked for, 400, 413 and 415 where there is a body, 500 and 503. What
 * the service says of a status itself comes instead.
 */
export function describeService({
  title,
  description,
  tags,
  paths,
  schemas,
}: ServiceDescription): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title, description, version: '1.0.0', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: [...tags, { name: 'Operation', description: 'Health, metrics and this document.' }],
    paths: mapOperations({ ...paths, ...commonPaths }, withCommonProblems),
    components: {
      schemas: { ...schemas, Problem: problemSchema },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** On an operation: only with an access token (RFC 6750). */
export const withToken = [{ bearer: [] }];

/** RFC 9457. */
const problemSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457). Branch on `code`; some codes carry further members.',
  properties: {
    type: { type: 'string', format: 'uri', examples: ['urn:shop:problem:validation-failed'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, message: { type: 'string' } },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId'],
};

const operation = (operationId: string, summary: string, responses: Responses): Operation => ({
  operationId,
  summary,
  description: summary,
  tags: ['Operation'],
  responses,
});

const text = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: { type: 'string' as const } } },
});
const json = (description: string) => reply(description, { type: 'object' });

const commonPaths: Paths = {
  '/healthz': {
    get: operation('healthz', 'Can the process go on?', {
      200: json('It can.'),
      503: json('Only a new process can: `failed` says why.'),
    }),
  },
  '/readyz': {
    get: operation('readyz', 'Can it do its work?', {
      200: json('It can; `degraded` names what it does without for now.'),
      503: json('It cannot, or it is stopping.'),
    }),
  },
  '/metrics': {
    get: operation('metrics', 'Prometheus metrics.', { 200: text('Text exposition format.', 'text/plain') }),
  },
  '/openapi.json': { get: operation('openapi', 'This document.', { 200: json('OpenAPI 3.1.') }) },
  '/docs': {
    get: operation('docs', 'This document as a page.', {
      200: text('A page.', 'text/html'),
      301: { description: 'To the page.' },
    }),
  },
};

function mapOperations(paths: Paths, change: (operation: Operation) => Operation): Paths {
  const changeAll = (item: Paths[string]) =>
    Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, change(operation)]));
  return Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, changeAll(item)]));
}

function withCommonProblems(described: Operation): Operation {
  return {
    ...described,
    responses: {
      ...problems({ 500: ['internal-error'], 503: ['database-unavailable'] }),
      ...(described.requestBody && problems({ 400: ['malformed-json', 'validation-failed'] })),
      ...(described.requestBody && problems({ 413: ['body-too-large'], 415: ['unsupported-media-type'] })),
      ...(described.security && problems({ 401: ['token-missing', 'invalid-token', 'token-expired'] })),
      ...described.responses,
    },
  };
}

/** `GET /openapi.json`, and `GET /docs`: a page where each request can be tried. */
export function openApiRoutes(document: ContractDocument | OpenApiDocument): Router {
  const router = Router();
  router.get('/openapi.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=60').json(document);
  });
  const { title } = document.info;
  router.use(docsPage({ title, documents: [{ name: title, url: '../openapi.json' }] }));
  return router;
}
