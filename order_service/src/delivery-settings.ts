import { Problem } from '@shop/service-kit';
import { type DeliveryMethod, deliveryFaults } from './domain/delivery.ts';
import { parser } from './routes/validation.ts';

const parseMethods = parser('DeliveryMethods', 'the list');

/**
 * DELIVERY_METHODS: JSON, a list of what `GET /delivery-methods` answers.
 * @throws Error naming every member that is wrong
 */
export function readDeliveryMethods(input: string): readonly DeliveryMethod[] {
  const { methods, errors } = read(input);
  if (errors.length === 0) return methods;
  const faults = errors.map(({ field, message }) => `${field} ${message}`);
  throw new Error(`is wrong: ${faults.join('; ')}`);
}

function read(input: string) {
  try {
    const methods: readonly DeliveryMethod[] = parseMethods(JSON.parse(input));
    return { methods, errors: deliveryFaults(methods) };
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`must be JSON: ${error.message}`);
    if (error instanceof Problem && error.errors) return { methods: [], errors: error.errors };
    throw error;
  }
}
