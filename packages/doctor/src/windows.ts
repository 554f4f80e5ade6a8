/** Which times a run looks at. The database's own clock counts. */
export interface Windows {
  /** Orders and events of so many seconds; open orders whatever their age. */
  readonly sinceSeconds: number;
  /** What has changed within so many seconds is under way, and not judged. */
  readonly settleSeconds: number;
}
