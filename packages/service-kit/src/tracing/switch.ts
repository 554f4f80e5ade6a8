/**
 * Whether spans are made: set by `startTracing` alone. It holds for the whole process, as OpenTelemetry's own
 * provider does; while it is off nothing asks OpenTelemetry anything.
 */
export const tracing = { on: false };
