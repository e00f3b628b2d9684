/** Asks a router as an HTTP client would. */
import { heatmapSchemas, restSchemas, schemas } from '@tidegauge/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { OPEN_ACCESS } from '../../src/access/access.ts';
import type { Answer } from '../../src/http/answer.ts';
import { OriginPolicy } from '../../src/http/origin-policy.ts';
import { type Route, Router } from '../../src/http/router.ts';
import { StaticFiles } from '../../src/http/static-files.ts';

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly client?: string;
  readonly address?: string | null;
  readonly signal?: AbortSignal;
}

export function routerWith(routes: readonly Route[], allowedOrigins: string[] = []): Router {
  return new Router({
    routes,
    files: new StaticFiles(new Map()),
    origins: new OriginPolicy(allowedOrigins),
    access: OPEN_ACCESS,
  });
}

export function ask(router: Router, target: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, client = '127.0.0.1', address = client } = asking;
  const { signal = new AbortController().signal } = asking;
  return router.answer({ method, target, client, address, headers, signal });
}

const definitions = { ...schemas, ...restSchemas, ...heatmapSchemas };
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
ajv.addSchema({ $id: 'wire', $defs: definitions });

/** The answer's body, which has to be as the schema of that name says. */
export function bodyAs(name: keyof typeof definitions, answer: Answer): Record<string, unknown> {
  return expectBody(name, JSON.parse(answer.body.toString()));
}

/** The body, once it is as the schema of that name says. */
export function expectBody(name: keyof typeof definitions, body: unknown): Record<string, unknown> {
  ajv.validate({ $ref: `wire#/$defs/${name}` }, body);
  expect(ajv.errorsText()).toBe('No errors');
  return body as Record<string, unknown>;
}

/** The message of a refusal with that status. */
export function refusal(answer: Answer, status: number): string {
  expect([answer.status, answer.body.toString().slice(0, 500)]).toEqual([
    status,
    expect.anything(),
  ]);
  const { error } = bodyAs('ErrorBody', answer) as { error: { message: string } };
  return error.message;
}
