import { Router } from 'express';
import { serve, setup } from 'swagger-ui-express';

/** What this product uses of an OpenAPI 3.1 operation. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Responses;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: object;
}

type Content = Readonly<Record<string, { readonly schema: object }>>;
export interface RequestBody {
  readonly required: boolean;
  readonly content: Content;
}
export type Responses = Readonly<
  Record<string, { readonly description: string; readonly content?: Content; readonly headers?: object }>
>;
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** Path template (`/orders/{orderNumber}`) → method → operation. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;

/** An OpenAPI 3.1 document: https://spec.openapis.org/oas/v3.1.0 */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: {
    readonly title: string;
    readonly description: string;
    readonly version: string;
    readonly license: object;
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

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
 * operation can answer (401 and 403 where a token is asked for, 413 and 415 where there is a body, 500, 503).
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

/** Replies for the problems that an operation answers: status → the codes that it may have. */
export function problems(codes: Readonly<Record<number, readonly string[]>>): Responses {
  return Object.fromEntries(
    Object.entries(codes).map(([status, names]) => [
      status,
      {
        description: names.map((name) => `\`${name}\``).join(', '),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );
}

/** A reply of one JSON schema. */
export function reply(description: string, schema: object, headers: readonly string[] = []) {
  return {
    description,
    content: { 'application/json': { schema } },
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' as const } }])),
    }),
  };
}

/** A request body of one JSON schema. */
export const jsonBody = (schema: object, required = true) => ({
  required,
  content: { 'application/json': { schema } },
});

/** A schema among the document's components. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

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
  '/healthz': { get: operation('healthz', 'Does the process answer?', { 200: json('It does.') }) },
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
      ...(described.requestBody && problems({ 413: ['body-too-large'], 415: ['unsupported-media-type'] })),
      ...(described.security && problems({ 401: ['token-missing', 'invalid-token', 'token-expired'] })),
      ...described.responses,
    },
  };
}

/** `GET /openapi.json`, and `GET /docs`: a page where each request can be tried. */
export function openApiRoutes(document: OpenApiDocument): Router {
  const router = Router();
  router.get('/openapi.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300').json(document);
  });
  router.use('/docs', serve);
  router.get(
    '/docs',
    setup(document, { customSiteTitle: document.info.title, swaggerOptions: { persistAuthorization: true } }),
  );
  return router;
}
