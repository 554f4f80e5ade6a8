/**
 * Prisma's runtime does not export the classes of its null values, so that declarations of the generated client
 * cannot name them (TS4094), which a project that others reference must. tsconfig.json maps the runtime to this.
 */
export * from '../node_modules/@prisma/client/runtime/client.js';

declare class NullValue<Name extends string> {
  readonly name: Name;
}

export type { NullValue };

export declare const objectEnumValues: {
  classes: {
    DbNull: typeof NullValue<'DbNull'>;
    JsonNull: typeof NullValue<'JsonNull'>;
    AnyNull: typeof NullValue<'AnyNull'>;
  };
  instances: {
    DbNull: NullValue<'DbNull'>;
    JsonNull: NullValue<'JsonNull'>;
    AnyNull: NullValue<'AnyNull'>;
  };
};
