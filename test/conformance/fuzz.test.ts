/**
 * Random damage to what clients send: the server does what `client-judge.ts` says, goes on serving
 * another client meanwhile, and forgets those who are gone. Replay a failure with FUZZ_SEED.
 */
import { randomInt } from 'node:crypto';
import process from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Client } from '../../packages/server/test/http-harness.ts';
import { type ClientRules, judge, type Verdict } from './client-judge.ts';
import { ConformanceServer, FRAGMENTS_MAX, MESSAGE_BYTES_MAX } from './conformance-server.ts';
import { damaged, damages, splitAt, splits, stream } from './damage.ts';
import { closeFrame, frame, PING } from './frame.ts';
import { HEAD_END, handshakeLines, type RawClient, requestOf } from './raw-client.ts';
import type { Received } from './strict-reader.ts';

const server = new ConformanceServer();

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const TIMEOUT_MS = 180_000;
/** A connection that neither answers nor ends has failed. */
const RUN_TIMEOUT_MS = 10_000;
/** From here on errors may have closed a client that made them (4500). */
const MESSAGES_MAX = 9;
const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate';

function rulesWith(deflate: boolean): ClientRules {
  return { deflate, messageBytesMax: MESSAGE_BYTES_MAX, fragmentsMax: FRAGMENTS_MAX };
}

/** Answers to what the client sent, as against what the server publishes. */
function isAnswer(received: Received): boolean {
  if (received.kind !== 'text') return received.kind === 'pong';
  const { type } = JSON.parse(received.text) as { readonly type: string };
  return type === 'pong' || type === 'error';
}

/** As a verdict has it. */
function payloadOf(answer: Received): string | null {
  return answer.kind === 'pong' ? answer.payload : null;
}

/** The key that a server finds in the request. */
function keyOf(request: Buffer): string {
  return /sec-websocket-key:[ \t]*(\S*)/i.exec(request.toString('latin1'))?.[1] ?? '';
}

/** Ends only when the server has done what it is judged to do: it has to close by itself. */
async function expectAsJudged(
  client: RawClient,
  { answers, closes, certain }: Verdict,
): Promise<void> {
  const errors = answers.filter((each) => each === null).length;
  const known = certain && errors <= MESSAGES_MAX;
  if (known) await client.count(isAnswer, answers.length);
  if (!known || closes.length === 0) client.end();
  await client.serverEnded();
  if (!known) return;
  const received = client.taken();
  expect(received.filter(isAnswer).map(payloadOf)).toEqual(answers);
  const codes = received.flatMap((each) => (each.kind === 'close' ? [each.code] : []));
  if (closes.length === 0) expect(codes).toEqual([]);
  else expect(closes.map((code) => [code])).toContainEqual(codes);
}

/** Runs a property while another client listens: it must not miss a message. */
async function whileOneListens<Values>(
  property: fc.IRawProperty<Values>,
  numRuns: number,
): Promise<void> {
  const listener = await new Client(`ws://127.0.0.1:${server.port}/ws/mempool`).opened();
  const first = Number((await listener.nextOf('price_update')).seq);
  await fc.assert(property, { seed: SEED, numRuns, timeout: RUN_TIMEOUT_MS });
  await server.clientsLeft(1);
  listener.send({ action: 'ping' });
  const seqs = [first];
  await listener.next(({ type, seq }) => {
    if (type === 'price_update') seqs.push(Number(seq));
    return type === 'pong';
  });
  expect(seqs).toEqual(Array.from(seqs, (_, i) => first + i));
  listener.socket.close();
  await server.clientsLeft(0);
}

test(
  `2,000 damaged streams are read as judged (FUZZ_SEED=${SEED})`,
  async () => {
    const property = fc.asyncProperty(
      stream,
      damages,
      splits,
      fc.boolean(),
      async (right, wrongs, places, deflate) => {
        const bytes = Buffer.concat([wrongs.reduce(damaged, right), frame(PING, 'alive')]);
        const client = await server.open(deflate ? [OFFER] : []);
        await client.writeEach(splitAt(bytes, places));
        await expectAsJudged(client, judge(bytes, rulesWith(deflate)));
        client.destroy();
      },
    );
    await whileOneListens(property, 2_000);
  },
  TIMEOUT_MS,
);

test(
  `500 damaged handshakes are accepted or refused in order (FUZZ_SEED=${SEED})`,
  async () => {
    const property = fc.asyncProperty(damages, splits, async (wrongs, places) => {
      const request = wrongs.reduce(damaged, requestOf([...handshakeLines(), OFFER]));
      const bytes = Buffer.concat([request, frame(PING, 'alive'), closeFrame(1000)]);
      const client = server.connect();
      await client.writeEach(splitAt(bytes, places));
      client.end();
      await client.serverEnded();
      const answer = client.hasAnswer ? await client.answer(keyOf(request)) : null;
      if (answer === null) return;
      expect([101, 400, 404, 405, 426]).toContain(answer.status);
      if (answer.status !== 101) return;
      const frames = bytes.subarray(bytes.indexOf(HEAD_END) + HEAD_END.length);
      const rules = rulesWith(answer.headers.has('sec-websocket-extensions'));
      const { answers, certain } = judge(frames, rules);
      if (certain) expect(client.taken().filter(isAnswer).map(payloadOf)).toEqual(answers);
    });
    await whileOneListens(property, 500);
  },
  TIMEOUT_MS,
);

test(
  `500 clients that are gone while the server still reads (FUZZ_SEED=${SEED})`,
  async () => {
    const goes = fc.constantFrom('end' as const, 'destroy' as const, 'reset' as const);
    const property = fc.asyncProperty(stream, damages, splits, goes, async (...values) => {
      const [right, wrongs, places, how] = values;
      const client = await server.open([OFFER]);
      const chunks = splitAt(wrongs.reduce(damaged, right), places);
      await client.writeEach(chunks.slice(0, -1));
      client.write(...chunks.slice(-1));
      client[how]();
      if (how === 'end') await client.serverEnded();
      client.destroy();
    });
    await whileOneListens(property, 500);
  },
  TIMEOUT_MS,
);
