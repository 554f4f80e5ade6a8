import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  ConfigError,
  createLogger,
  createPool,
  databaseSettings,
  decodeUtf8,
  type Environment,
  Problem,
  readSettings,
} from '@shop/service-kit';
import { currencySetting } from './config.ts';
import { createPrisma, schema } from './db/prisma.ts';
import type { NewProduct } from './domain/product.ts';
import { parseInput } from './routes/dto/parse-input.ts';
import { CreateProductDto, toNewProduct } from './routes/dto/product.dto.ts';
import { importProducts } from './services/import.service.ts';

type Host = Pick<NodeJS.Process, 'env' | 'argv' | 'stdout' | 'stderr' | 'exitCode'>;

const usage = 'usage: pnpm --filter catalog_service import-products FILE [FIRST-LINE]';

/**
 * Adds the products of a file: JSON lines, each as the body of `POST /products`. All lines are validated before the first
 * is added. Exit code 0 when all are there, 1 when it broke off (it says with which line to go on), 2 for wrong settings
 * or a wrong line: then none has been added.
 */
export async function runImport(host: Host): Promise<void> {
  const [file, first = '1'] = host.argv.slice(2);
  let done = Number(first) - 1;
  const say = (line: string) => void host.stdout.write(`${line}\n`);
  try {
    if (file === undefined || !Number.isInteger(done) || done < 0) throw new ConfigError([usage]);
    const { databaseUrl, defaultCurrency } = readImportSettings(host.env);
    const products = () => readProducts(file, Number(first), defaultCurrency);
    let valid = 0;
    for await (const _ of products()) valid++;
    say(`${valid} products are valid`);
    await withDatabase(databaseUrl, (db) =>
      importProducts(products(), db, (imported) => {
        done = Number(first) - 1 + imported;
        say(`${imported} of ${valid} products`);
      }),
    );
    say('done');
  } catch (error) {
    const isInput = error instanceof ConfigError || error instanceof WrongLineError;
    host.exitCode = isInput ? 2 : 1;
    host.stderr.write(`import-products: ${(error as Error).message}\n`);
    if (!isInput)
      host.stderr.write(`Go on with: pnpm --filter catalog_service import-products ${file} ${done + 1}\n`);
  }
}

const readImportSettings = (environment: Environment) =>
  readSettings(environment, { ...databaseSettings, defaultCurrency: currencySetting });

class WrongLineError extends Error {}

async function* readProducts(file: string, first: number, currency: string): AsyncIterable<NewProduct> {
  let number = 0;
  // A character for each byte, so that what is no text is found in its line, and no line ends but at a line end.
  const input = createReadStream(file, 'latin1');
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number++;
    if (number >= first) yield parseProduct(line, number, currency);
  }
}

function parseProduct(line: string, number: number, defaultCurrency: string): NewProduct {
  try {
    return toNewProduct(
      parseInput(CreateProductDto, JSON.parse(decodeUtf8(Buffer.from(line, 'latin1')))),
      defaultCurrency,
    );
  } catch (error) {
    const wrong = error instanceof Problem ? (error.errors ?? []) : [];
    const why = wrong.map(({ field, message }) => `${field} ${message}`).join('; ');
    throw new WrongLineError(`line ${number}: ${why || (error as Error).message}`);
  }
}

async function withDatabase<T>(
  url: string,
  work: (db: Parameters<typeof importProducts>[1]) => Promise<T>,
): Promise<T> {
  const logger = createLogger({ name: 'import', level: 'error' });
  const pool = createPool({ url, name: 'import', schema, logger, max: 2 });
  const prisma = createPrisma(pool);
  try {
    return await work({ prisma, pool, afterCommit: () => {} });
  } finally {
    await prisma.$disconnect();
    await pool.end();
  }
}
