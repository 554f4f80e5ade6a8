/** Lets through while it is open; who comes while it is shut waits. */
export interface Gate {
  pass(): Promise<void>;
  open(): void;
  shut(): void;
  /** Turns away whoever waits, and whoever comes. */
  refuse(reason: Error): void;
}

export function createGate(): Gate {
  let isOpen = false;
  let refused: Error | undefined;
  const waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  const takeWaiting = () => waiting.splice(0);
  return {
    pass: () =>
      new Promise((resolve, reject) => {
        if (refused !== undefined) reject(refused);
        else if (isOpen) resolve();
        else waiting.push({ resolve, reject });
      }),
    open: () => {
      isOpen = true;
      for (const { resolve } of takeWaiting()) resolve();
    },
    shut: () => {
      isOpen = false;
    },
    refuse: (reason) => {
      refused = reason;
      for (const { reject } of takeWaiting()) reject(reason);
    },
  };
}
