// The bytes of messages, against those that a real socket moves.
import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage } from '#shared/protocol/parse.ts';
import { wireBytes } from './wire-bytes.ts';

const roundId = 'ab'.repeat(16);
const hash = 'cd'.repeat(32);
const fromClient: readonly ClientMessage[] = [
  { kind: 'join', protocol: 2, modelHash: hash, policyHash: hash, simulated: true },
  { kind: 'leave' },
  { kind: 'advertise', roundId, bytes: new Uint8Array(80) },
  { kind: 'shares', roundId, bytes: new Uint8Array(126) },
  { kind: 'masked', roundId, frame: new Uint8Array(70_000) },
];
const fromServer: readonly ServerMessage[] = [
  { kind: 'model', version: 3, hash, policyHash: hash },
  { kind: 'config', config: new Uint8Array(184) },
  { kind: 'roster', roundId, bytes: new Uint8Array(66_000) },
  { kind: 'refused', code: 'late', message: 'Schön ist es nicht: €', retryAfterMs: null },
];

const http = createServer();
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
let accepted: Socket;
let client: ReturnType<typeof io>;
/** The TCP socket below the server's end, which counts. */
let tcp: TcpSocket;

beforeAll(async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve));
  client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
  accepted = await connected;
  await new Promise<void>((resolve) => (client.connected ? resolve() : client.once('connect', resolve)));
  tcp = (accepted.conn.transport as unknown as { socket: { _socket: TcpSocket } }).socket._socket;
});
afterAll(async () => {
  client.disconnect();
  await server.close();
});

test('[SM21] a message of a client has as many bytes as TCP brings of it', async () => {
  for (const message of fromClient) {
    const before = tcp.bytesRead;
    const [kind, ...args] = encodeMessage(message);
    const heard = new Promise<void>((resolve) => accepted.once(kind, () => resolve()));
    client.emit(kind, ...args);
    await heard;
    expect(tcp.bytesRead - before, kind).toBe(wireBytes(message, 'client'));
  }
});

test('[SM21] and one of the server as many as TCP takes', async () => {
  for (const message of fromServer) {
    const before = tcp.bytesWritten;
    const [kind, ...args] = encodeMessage(message);
    const heard = new Promise<void>((resolve) => client.once(kind, () => resolve()));
    accepted.emit(kind, ...args);
    await heard;
    expect(tcp.bytesWritten - before, kind).toBe(wireBytes(message, 'server'));
  }
});
