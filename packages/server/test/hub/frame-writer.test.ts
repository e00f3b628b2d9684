import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { FrameWriter } from '../../src/hub/frame-writer.ts';
import { textFrame } from '../../src/hub/frames.ts';
import { readFrames } from './frame-reader.ts';

class CountingWriter extends FrameWriter {
  protected drained(): void {
    drained++;
    onDrained();
  }
}

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');
/** More than the kernel takes for a connection whose peer does not read. */
const LARGE = textFrame(Buffer.alloc(16 * 1024 * 1024, 'x'));

let server: Server;
let peer: Socket;
let webSocket: WebSocket;
let stream: Duplex;
let writer: FrameWriter;
let drained: number;
let onDrained: () => void;

/** A real connection: `peer` is the client's end, raw, and has read the handshake's answer. */
beforeEach(async () => {
  const webSockets = new WebSocketServer({ noServer: true, autoPong: false });
  server = createServer();
  const upgraded = new Promise<void>((resolve) => {
    server.on('upgrade', (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (opened) => {
        [webSocket, stream] = [opened, socket];
        resolve();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  peer.on('error', () => {}); // Some tests reset it.
  peer.write(HANDSHAKE);
  await upgraded;
  await once(peer, 'data');
  peer.pause();
  drained = 0;
  onDrained = () => {};
  writer = new CountingWriter(webSocket, stream);
  webSocket.on('error', () => {});
});

afterEach(async () => {
  peer.destroy();
  stream.destroy();
  server.close();
  await once(server, 'close');
});

const text = (value: string): Buffer => textFrame(Buffer.from(value));

/** Everything that the peer is sent until the server's end of the connection. */
async function readToEnd(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of peer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The client's half of the closing handshake, masked with zeros. */
const CLOSE_1000 = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

describe('frames beside ws', () => {
  test('leave in the order of the calls, and nothing follows the close frame', async () => {
    writer.write(Buffer.concat([text('one'), text('two')]));
    webSocket.ping('p');
    writer.write(text('three'));
    webSocket.pong('q');
    webSocket.close(4008, 'slow');
    writer.write(text('never'));
    peer.write(CLOSE_1000);
    const frames = readFrames(await readToEnd());
    expect(frames.map(({ opcode, payload }) => [opcode, payload.toString('latin1')])).toEqual([
      [1, 'one'],
      [1, 'two'],
      [9, 'p'],
      [1, 'three'],
      [10, 'q'],
      [8, '\x0f\xa8slow'],
    ]);
  });

  test('that the kernel takes at once are not waited for', () => {
    writer.write(text('small'));
    expect(writer.unsentBytes).toBe(0);
  });

  test('to a peer that does not read wait whole and in order, with pings and the close', async () => {
    writer.write(LARGE);
    expect(writer.unsentBytes).toBe(LARGE.length);
    webSocket.ping();
    writer.write(text('after'));
    webSocket.close(1001);
    peer.write(CLOSE_1000);
    const frames = readFrames(await readToEnd());
    expect(frames.map(({ opcode, payload }) => [opcode, payload.length])).toEqual([
      [1, LARGE.length - 10],
      [9, 0],
      [1, 5],
      [8, 2],
    ]);
  });

  test('drained is told once, when all has left, what was written meanwhile included', async () => {
    writer.write(LARGE);
    writer.write(LARGE);
    webSocket.ping();
    writer.watch();
    const left = new Promise<void>((resolve) => {
      onDrained = resolve;
    });
    // Once the second is on its way, a third: by then the notice of the first is, too.
    let read = 0;
    peer.on('data', (chunk: Buffer) => {
      const before = read;
      read += chunk.length;
      if (before <= LARGE.length && read > LARGE.length) writer.write(LARGE);
    });
    peer.resume();
    await left;
    expect([read > LARGE.length, writer.unsentBytes]).toEqual([true, 0]);
    writer.write(text('small'));
    webSocket.close();
    peer.write(CLOSE_1000);
    await once(webSocket, 'close');
    expect(drained).toBe(1);
  });

  test('drained is told of a ping alone, when watched', async () => {
    writer.write(LARGE);
    for (let times = 1; times <= 2; times++) {
      const left = new Promise<void>((resolve) => {
        onDrained = resolve;
      });
      if (times === 2) {
        peer.pause();
        stream.write(LARGE);
        webSocket.ping();
        writer.watch();
      }
      peer.resume();
      await left;
      expect(drained).toBe(times);
    }
  });

  test('what is gathered for one write is not unsent, and leaves in one piece', async () => {
    stream.cork();
    writer.write(text('one'));
    writer.write(text('two'));
    expect(writer.unsentBytes).toBe(0);
    stream.uncork();
    peer.resume();
    const [first] = (await once(peer, 'data')) as [Buffer];
    expect(readFrames(first).map(({ payload }) => payload.toString())).toEqual(['one', 'two']);
    expect(drained).toBe(0);
  });
});

describe('a connection that is gone', () => {
  test('reset in the middle of a frame: the rest is dropped, nobody is told that it left', async () => {
    writer.write(LARGE);
    writer.write(text('more'));
    const closed = once(webSocket, 'close');
    peer.resetAndDestroy();
    writer.write(text('even more'));
    const [code] = (await closed) as [number];
    expect(code).toBe(1006);
    writer.write(LARGE);
    writer.watch();
    expect(writer.unsentBytes).toBe(0);
    expect(drained).toBe(0);
  });

  test('cut by us with bytes waiting: the same', async () => {
    writer.write(LARGE);
    const closed = once(webSocket, 'close');
    webSocket.terminate();
    writer.write(text('too late'));
    writer.watch();
    await closed;
    expect(writer.unsentBytes).toBe(0);
    expect(drained).toBe(0);
  });

  test('ended by the peer: what was given before still arrives, what comes after is dropped', async () => {
    stream.write(LARGE);
    const ended = once(stream, 'end');
    peer.end();
    await ended;
    writer.write(text('too late'));
    writer.watch();
    const frames = readFrames(await readToEnd());
    expect(frames.map(({ payload }) => payload.length)).toEqual([LARGE.length - 10]);
  });

  test('by the close frame of the peer: nothing follows ours', async () => {
    const heard = once(webSocket, 'close');
    peer.write(CLOSE_1000);
    const all = readToEnd();
    await heard;
    writer.write(text('too late'));
    expect(readFrames(await all).map(({ opcode }) => opcode)).toEqual([8]);
  });
});
