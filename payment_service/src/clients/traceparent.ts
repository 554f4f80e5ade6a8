const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * A W3C trace context as it came from elsewhere; undefined unless it is well-formed. What is kept with a payment must
 * be a pure function of the order, so nothing is put in its place.
 */
export function readTraceparent(value: unknown): string | undefined {
  return typeof value === 'string' && wellFormed.test(value) ? value : undefined;
}
