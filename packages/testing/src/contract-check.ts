import { brotliDecompressSync, unzipSync } from 'node:zlib';
import type { ContractDocument } from '@shop/service-kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Express, Request, RequestHandler, Response } from 'express';
import { captureBody } from './capture-body.ts';
import { type DescribedOperation, follow, listOperations, pointerPart } from './contract-operations.ts';
import { examplesOf } from './document-examples.ts';

export type ContractCheck = {
  /** Hand it to the service as the `observer` of its app. */
  observer: RequestHandler;
  /** Everything seen so far that the document does not say: expect it to be empty after each test. */
  violations(): readonly string[];
};

/**
 * Holds what a service really does against its contract: the status, media type and body of every reply,
 * and the parameters and body of every request that was accepted.
 */
export function createContractCheck(document: ContractDocument): ContractCheck {
  const found: string[] = [];
  const schemas = createSchemas(document);
  const operations = patternsOf(document);

  function check(req: Request, res: Response, body: Buffer): void {
    const method = req.method === 'HEAD' ? 'get' : req.method.toLowerCase();
    const path = req.originalUrl.split('?')[0] ?? '';
    const match = operations.find((operation) => operation.method === method && operation.pattern.test(path));
    const report = (problem: string) => found.push(`${req.method} ${path} → ${res.statusCode}: ${problem}`);
    if (method === 'options') return;
    if (match === undefined) {
      if (res.statusCode !== 404 && res.statusCode !== 405) report('the document has no such operation');
      return;
    }
    checkReply(match, res, req.method === 'HEAD' ? undefined : decoded(res, body), report);
    if (res.statusCode < 400) checkRequest(match, req, path, report);
  }

  function checkReply(match: Match, res: Response, body: Buffer | undefined, report: Report): void {
    const { responses } = match.operation;
    const status = responses[res.statusCode] === undefined ? 'default' : res.statusCode;
    const reply = responses[status];
    if (reply === undefined) return void report('the document has no such reply');
    const { value: described, pointer } = follow(document, reply, `${match.pointer}/responses/${status}`);
    if (body === undefined || res.statusCode === 304) return;
    const [type = ''] = String(res.getHeader('content-type') ?? '').split(';');
    if (described.content === undefined) {
      if (body.length > 0 && res.statusCode < 300) report('the document describes no body');
      return;
    }
    if (described.content[type] === undefined) return void report(`media type ${type || 'none'}`);
    if (!/json$/.test(type)) return;
    schemas.check(`${pointer}/content/${pointerPart(type)}/schema`, JSON.parse(body.toString()), report);
  }

  function checkRequest(match: Match, req: Request, path: string, report: Report): void {
    const { operation, pointer } = match;
    const body = operation.requestBody && follow(document, operation.requestBody, `${pointer}/requestBody`);
    const isJson = body?.value.content['application/json'] !== undefined;
    if (isJson && req.body !== undefined && !Buffer.isBuffer(req.body)) {
      schemas.check(`${body.pointer}/content/application~1json/schema`, req.body, report);
    }
    const parameters = (operation.parameters ?? []).map((parameter, index) =>
      follow(document, parameter, `${pointer}/parameters/${index}`),
    );
    const query = new URL(req.originalUrl, 'http://x').searchParams;
    const described = new Set(
      parameters.filter(({ value }) => value.in === 'query').map(({ value }) => value.name),
    );
    for (const name of query.keys())
      if (!described.has(name)) report(`query parameter ${name} is not described`);
    const inPath = match.pattern.exec(path)?.groups ?? {};
    for (const { value: parameter, pointer: at } of parameters) {
      const given = {
        query: query.get(parameter.name),
        path: decodeURIComponent(inPath[parameter.name] ?? '') || undefined,
        header: req.get(parameter.name),
      };
      const value = given[parameter.in] ?? undefined;
      if (value === undefined && parameter.required)
        report(`${parameter.in} parameter ${parameter.name} is missing`);
      if (value !== undefined) schemas.checkText(`${at}/schema`, value, report);
    }
  }

  return {
    violations: () => found,
    observer: (req, res, next) => {
      const body = captureBody(res);
      res.once('finish', () => check(req, res, body()));
      next();
    },
  };
}

/** The examples of a document that do not fit what they are examples of: a test expects it to be empty. */
export function wrongExamples(document: ContractDocument): readonly string[] {
  const found: string[] = [];
  const schemas = createSchemas(document);
  for (const { schema, value } of examplesOf(document)) {
    schemas.check(schema, value, (problem) => found.push(`${schema} ${JSON.stringify(value)}: ${problem}`));
  }
  return found;
}

/** The body before `compression` had it. */
function decoded(res: Response, body: Buffer): Buffer {
  const encoding = String(res.getHeader('content-encoding') ?? 'identity');
  if (encoding === 'br') return brotliDecompressSync(body);
  return encoding === 'identity' ? body : unzipSync(body);
}

type Report = (problem: string) => unknown;

type Match = DescribedOperation & { pattern: RegExp };

function patternsOf(document: ContractDocument): Match[] {
  const all = listOperations(document).map((described) => ({
    ...described,
    pattern: new RegExp(`^${described.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`),
  }));
  // A fixed path comes before a template that would match it too.
  return all.sort((a, b) => Number(a.pointer.includes('{')) - Number(b.pointer.includes('{')));
}

function createSchemas(document: ContractDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', ...document });
  const validator = (pointer: string) => {
    const ref = `document#${encodeURI(pointer)}`;
    return ajv.getSchema(ref) ?? ajv.compile({ $ref: ref });
  };
  const check = (pointer: string, value: unknown, report: Report) => {
    const validate = validator(pointer);
    if (!validate(value)) report(ajv.errorsText(validate.errors, { dataVar: '' }));
  };
  return {
    check,
    /** A parameter arrives as text: it fits when it does as text, or as the number or truth value that it spells. */
    checkText: (pointer: string, text: string, report: Report) => {
      const validate = validator(pointer);
      const spelled = /^(-?\d+|true|false)$/.test(text) ? JSON.parse(text) : text;
      if (!validate(text) && !validate(spelled)) report(`${pointer}: ${ajv.errorsText(validate.errors)}`);
    },
  };
}

type Stack = {
  route?: { path: string | string[]; methods: Record<string, boolean> };
  handle?: { stack?: Stack };
}[];

/** Every route of an app as `GET /orders/{orderNumber}`; routers must be mounted without a path of their own. */
export function routesOf(app: Express): readonly string[] {
  const walk = (stack: Stack): string[] =>
    stack.flatMap(({ route, handle }) => {
      if (route === undefined) return walk(handle?.stack ?? []);
      const methods = Object.keys(route.methods).filter(
        (method) => route.methods[method] && method !== '_all',
      );
      const paths = [route.path].flat().map((path) => path.replaceAll(/:(\w+)/g, '{$1}'));
      return paths.flatMap((path) => methods.map((method) => `${method.toUpperCase()} ${path}`));
    });
  return [...new Set(walk((app as unknown as { router: { stack: Stack } }).router.stack))].sort();
}

/** Every operation of a document, written as {@link routesOf} writes routes: a test expects the two to be equal. */
export function operationsOf(document: ContractDocument): readonly string[] {
  return listOperations(document)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    .sort();
}
