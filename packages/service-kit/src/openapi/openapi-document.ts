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
  readonly deprecated?: boolean;
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Examples;
}

type Examples = Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>;
type Content = Readonly<
  Record<string, { readonly schema: object; readonly example?: unknown; readonly examples?: Examples }>
>;
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
