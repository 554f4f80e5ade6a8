/**
 * A service's `openapi.yaml` in one piece, as `src/generated/openapi.ts` exports it: OpenAPI 3.1
 * (https://spec.openapis.org/oas/v3.1.0), without references to other files.
 */
export interface ContractDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly [member: string]: unknown };
  /** Path template (`/orders/{orderNumber}`) → method → operation. */
  readonly paths: Readonly<Record<string, object>>;
  readonly components: {
    /** JSON Schemas (2020-12) by name. */
    readonly schemas: Readonly<Record<string, object>>;
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}
