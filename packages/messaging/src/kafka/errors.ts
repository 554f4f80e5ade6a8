interface KafkaError extends Error {
  /** Of the broker's protocol: MESSAGE_TOO_LARGE and the like. */
  readonly type?: string;
  readonly code?: string | number;
  readonly retriable?: boolean;
}

/** KafkaJS wraps what happened in what it did about it. */
function rootOf(error: unknown): KafkaError {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? rootOf(cause) : (error as KafkaError);
}

/** The broker, or KafkaJS for it, says no to what was sent, rather than not answering. */
export const isRefusal = (error: unknown): error is Error => {
  const { name, retriable } = rootOf(error);
  return retriable === false && name !== 'KafkaJSNumberOfRetriesExceeded';
};

export const isTooLarge = (error: unknown): boolean => rootOf(error).type === 'MESSAGE_TOO_LARGE';

/** The broker took the request and never answered: KafkaJS goes on asking the same one. */
export const isTimeout = (error: unknown): boolean => rootOf(error).name === 'KafkaJSRequestTimeoutError';

const finalNames = ['KafkaJSNotImplemented', 'KafkaJSUnsupportedMagicByteInMessageSet'];

/**
 * No retry of this process will cure it: a missing right, messages that KafkaJS cannot read, a bug. What
 * KafkaJS itself takes for final is more: among it a group whose coordinator cannot be found for some seconds.
 */
export function isFinal(error: unknown): boolean {
  const { name, type = '', code } = rootOf(error);
  if (!name.startsWith('KafkaJS')) return code === undefined;
  return finalNames.includes(name) || /AUTHORIZATION|AUTHENTICATION|UNSUPPORTED|^INVALID_/.test(type);
}
