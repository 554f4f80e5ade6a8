import process from 'node:process';

/** Adds the settings of a file `.env` in the current folder, if there is one; those of the environment come first. */
export function loadDotEnv(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
