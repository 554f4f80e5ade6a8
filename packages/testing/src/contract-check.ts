import { brotliDecompressSync, unzipSync } from 'node:zlib';
import type { ContractDocument } from '@shop/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { captureBody } from './capture-body.ts';
import { type DescribedOperation, follow, listOperations, pointerPart } from './contract-operations.ts';
import { createSchemas, type Report } from './contract-schemas.ts';

type ContractCheck = {
  /** Hand it to the service as the `observer` of its app. */
  observer: RequestHandler;
  /** Everything seen so far that the document does not say: expect it to be empty after each test. */
  violations: () => readonly string[];
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
    const schema = `${pointer}/content/${pointerPart(type)}/schema`;
    // A reply that is cut off ends in the middle of a line.
    const lines = /ndjson$/.test(type) ? body.toString().split('\n').slice(0, -1) : [];
    for (const line of lines) schemas.check(`${schema}/contentSchema`, JSON.parse(line), report);
    if (/\bjson$/.test(type)) schemas.check(schema, JSON.parse(body.toString()), report);
  }

  function checkRequest({ operation, pointer, pattern }: Match, req: Request, path: string, report: Report) {
    const body = operation.requestBody && follow(document, operation.requestBody, `${pointer}/requestBody`);
    const isJson = body?.value.content['application/json'] !== undefined;
    if (isJson && req.body !== undefined && !Buffer.isBuffer(req.body)) {
      schemas.check(`${body.pointer}/content/application~1json/schema`, req.body, report);
    }
    const parameters = (operation.parameters ?? []).map((parameter, index) =>
      follow(document, parameter, `${pointer}/parameters/${index}`),
    );
    const query = new URL(req.originalUrl, 'http://x').searchParams;
    const inPath = pattern.exec(path)?.groups ?? {};
    for (const { value: parameter, pointer: at } of parameters) {
      const { name, in: place, required } = parameter;
      const given = {
        query: query.get(name),
        path: decodeURIComponent(inPath[name] ?? '') || null,
        header: req.get(name) ?? null,
      }[place];
      if (given !== null) schemas.checkText(`${at}/schema`, given, report);
      else if (required) report(`${place} parameter ${name} is missing`);
    }
  }

  return {
    observer: (req, res, next) => {
      const body = captureBody(res);
      res.once('finish', () => check(req, res, body()));
      next();
    },
    violations: () => found,
  };
}

/** The body before `compression` had it. */
function decoded(res: Response, body: Buffer): Buffer {
  const encoding = String(res.getHeader('content-encoding') ?? 'identity');
  if (encoding === 'br') return brotliDecompressSync(body);
  return encoding === 'identity' ? body : unzipSync(body);
}

type Match = DescribedOperation & { pattern: RegExp };

function patternsOf(document: ContractDocument): Match[] {
  const all = listOperations(document).map((described) => ({
    ...described,
    pattern: new RegExp(`^${described.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`),
  }));
  // A fixed path comes before a template that would match it too.
  return all.sort((a, b) => Number(a.pointer.includes('{')) - Number(b.pointer.includes('{')));
}
