/** Holds messages to the schemas of the wire. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { heatmapSchemas, restSchemas, schemas } from '../src/index.ts';

const definitions = { ...schemas, ...restSchemas, ...heatmapSchemas };

export const ajv: Ajv2020 = new Ajv2020({ strict: true, allowUnionTypes: true });
ajv.addSchema({ $id: 'wire', $defs: definitions });

/** @returns the value, once it is what the schema asks for */
export function expectValid(name: keyof typeof definitions, text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  const valid = ajv.validate({ $ref: `wire#/$defs/${name}` }, value);
  expect(ajv.errorsText(), text.slice(0, 200)).toBe('No errors');
  expect(valid).toBe(true);
  return value as Record<string, unknown>;
}
