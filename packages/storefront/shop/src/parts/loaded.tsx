import type { ComponentChildren } from 'preact';
import { Problem } from './problem.tsx';

export const Waiting = () => <p role="status">One moment…</p>;

interface Props<Data> {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly children: (data: Data) => ComponentChildren;
}

/** What a query has read, once it is there; and why not, also when it could not be read again. */
export function Loaded<Data>({ query: { data, error, refetch }, children }: Props<Data>) {
  return (
    <>
      <Problem error={error} onRetry={() => void refetch()} />
      {data === undefined && !error && <Waiting />}
      {data !== undefined && children(data)}
    </>
  );
}
