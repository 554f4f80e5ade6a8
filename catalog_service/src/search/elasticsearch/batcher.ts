export interface Batcher<T> {
  /** Resolves when the item has been written, or rejects with why it was not. */
  add(item: T): Promise<void>;
}

export interface BatcherOptions<T> {
  /** Gives what failed, by position; rejects when all did. */
  readonly write: (items: readonly T[]) => Promise<ReadonlyMap<number, Error>>;
  readonly most?: number;
  /** How long the first item waits for others. */
  readonly waitMs?: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes items that come at nearly the same time together. */
export function createBatcher<T>({ write, most = 500, waitMs = 10 }: BatcherOptions<T>): Batcher<T> {
  let waiting: Waiting<T>[] = [];
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    try {
      const failures = await write(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, position) => {
        const failure = failures.get(position);
        if (failure === undefined) resolve();
        else reject(failure);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (waiting.length >= most) void flush();
        else timer ??= setTimeout(() => void flush(), waitMs);
      }),
  };
}
