import type { ContractDocument } from '@shop/service-kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export type Report = (problem: string) => unknown;

/** The schemas of a document, by their JSON pointers. */
export function createSchemas(document: ContractDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', ...document });
  const validator = (pointer: string) => {
    const ref = `document#${encodeURI(pointer)}`;
    return ajv.getSchema(ref) ?? ajv.compile({ $ref: ref });
  };
  return {
    check: (pointer: string, value: unknown, report: Report) => {
      const validate = validator(pointer);
      if (!validate(value)) report(ajv.errorsText(validate.errors, { dataVar: '' }));
    },
    /** A parameter arrives as text: it fits when it does as text, or as the number or truth value that it spells. */
    checkText: (pointer: string, text: string, report: Report) => {
      const validate = validator(pointer);
      const spelled = /^(-?(0|[1-9]\d*)|true|false)$/.test(text) ? JSON.parse(text) : text;
      if (!validate(text) && !validate(spelled)) report(`${pointer}: ${ajv.errorsText(validate.errors)}`);
    },
  };
}
