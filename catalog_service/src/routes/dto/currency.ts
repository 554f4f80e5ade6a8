import { fields } from '@shop/contracts';
import { IsIn } from 'class-validator';

const message = '$property must be a currency that can be charged (ISO 4217, lower case)';

/** A currency in which a product may have its price. */
export const IsKnownCurrency = (): PropertyDecorator => IsIn(fields.knownCurrency.enum, { message });
