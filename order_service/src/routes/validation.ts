import { createParsers } from '@shop/service-kit';
import { document, type Schemas } from '../generated/openapi.ts';

export const { parser, queryParser } = createParsers<Schemas>(document);
