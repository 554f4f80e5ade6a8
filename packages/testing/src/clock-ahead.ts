/**
 * Lets the clock of this process be ahead, for services that have to go by another one. Timers go on as ever.
 * @returns what sets it right
 */
export function setClockAhead(ms: number): () => void {
  const RightDate = Date;
  globalThis.Date = class extends RightDate {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [RightDate.now() + ms] : given) as [number]));
    }

    static override now = () => RightDate.now() + ms;
  } as typeof Date;
  return () => {
    globalThis.Date = RightDate;
  };
}
