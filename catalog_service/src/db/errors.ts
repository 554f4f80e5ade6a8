interface DriverError {
  readonly kind?: string;
  readonly originalCode?: string;
}

/** Failures that PostgreSQL could not give a code to, in the codes that the kit knows. */
const codeOfKind: Readonly<Record<string, string>> = {
  DatabaseNotReachable: 'ECONNREFUSED',
  ConnectionClosed: 'ECONNRESET',
  SocketTimeout: 'ETIMEDOUT',
};

/** The code of what went wrong in the database, from wherever Prisma and its adapter keep it. */
export function postgresCode(error: unknown): string | undefined {
  const { cause, meta } = error as {
    cause?: DriverError;
    meta?: { driverAdapterError?: { cause?: DriverError } };
  };
  const { originalCode, kind } = meta?.driverAdapterError?.cause ?? cause ?? {};
  return originalCode ?? codeOfKind[kind ?? ''];
}

/** Runs a query so that its errors carry PostgreSQL's code, as those of pg do and as the kit understands them. */
export async function withPostgresCodes<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    const code = postgresCode(error);
    if (code === undefined) throw error;
    throw Object.assign(new Error((error as Error).message, { cause: error }), { code });
  }
}
