// The server's processor time for one upload, from the socket to the sum, against socket.io with its defaults, which only receives.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { uploadFrames } from '#shared/protocol/codec.ts';
import { encodeMessage } from '#shared/protocol/parse.ts';
import { socketPath } from '../../../server/gateway.ts';
import { repositoryRoot } from '../../e2e/harness.ts';
import type { Case } from '../case.ts';
import { type Measurement, measured } from '../result.ts';
import { withChild } from '../server/child.ts';
import type { FromReceiving, Receiver } from '../server/receiving.ts';
import { packedUploads } from '../uploads.ts';

/** 480 kB at 16 bits. */
const length = 240_000;
const sockets = 4;
const roundId = '0123456789abcdef0123456789abcdef';

interface Setting {
  readonly code: string;
  readonly receiver: Receiver;
  /** bufferutil is an optional dependency of ours; whoever installs socket.io does not get it. */
  readonly hasBufferutil: boolean;
}

const settings: readonly Setting[] = [
  { code: 'tacit', receiver: 'tacit', hasBufferutil: true },
  { code: 'tacit, no bufferutil', receiver: 'tacit', hasBufferutil: false },
  { code: 'socket.io defaults', receiver: 'socketio', hasBufferutil: false },
  { code: 'socket.io, bufferutil', receiver: 'socketio', hasBufferutil: true },
];

export const server: Case = {
  name: 'server',
  about: 'the server’s processor time for an upload of 480 kB',
  async run({ isQuick, say }) {
    const payload = packedUploads({ length, clients: 1 }, 16)[0]!;
    const found: Measurement[] = [];
    for (const setting of settings) {
      say(`server: ${setting.code}`);
      const samples = await processorMsAnUpload(
        setting,
        payload,
        isQuick ? { batches: 3, perSocket: 5 } : { batches: 7, perSocket: 8 },
      );
      const where = { case: 'server', place: 'node', code: setting.code, size: `${payload.length} B` } as const;
      found.push(measured({ ...where, measure: 'processor an upload', unit: 'ms' }, samples));
    }
    return found;
  },
};

interface Batches {
  readonly batches: number;
  /** Uploads of each socket in a batch, one after the other: few enough for the gateway's limit on messages. */
  readonly perSocket: number;
}

async function processorMsAnUpload(
  { receiver, hasBufferutil }: Setting,
  payload: Uint8Array,
  { batches, perSocket }: Batches,
): Promise<number[]> {
  const entry = join(repositoryRoot, 'apps', 'bench', 'server', 'receiving.ts');
  const { WS_NO_BUFFER_UTIL: _, ...environment } = process.env;
  const env = hasBufferutil ? environment : { ...environment, WS_NO_BUFFER_UTIL: '1' };
  return withChild(entry, { args: [receiver, String(length)], execArgv: ['--import', 'tsx'], env }, async (child) => {
    const [ready] = (await once(child, 'message')) as [FromReceiving & { kind: 'ready' }];
    const samples: number[] = [];
    // The first batch warms up.
    for (let batch = 0; batch <= batches; batch++) {
      const clients = await Promise.all(Array.from({ length: sockets }, () => connected(ready.url, receiver)));
      const before = await spent(child);
      await uploadsFrom(child, clients, receiver, payload, perSocket);
      const took = (await spent(child)) - before;
      if (batch > 0) samples.push(took / (sockets * perSocket));
      for (const client of clients) client.close();
    }
    return samples;
  });
}

async function connected(url: string, receiver: Receiver): Promise<Socket> {
  const own = receiver === 'tacit' ? { path: socketPath, transports: ['websocket'] } : {};
  const socket = io(url, { ...own, forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', reject);
  });
  if (receiver === 'socketio') {
    // What a default client begins with is over before anything is measured.
    const { engine } = socket.io;
    if (engine.transport.name !== 'websocket') await new Promise<void>((done) => engine.once('upgrade', () => done()));
  }
  return socket;
}

async function spent(child: ChildProcess): Promise<number> {
  const answer = new Promise<number>((resolve) => {
    const listen = (message: FromReceiving) => {
      if (message.kind !== 'spent') return;
      child.off('message', listen);
      resolve(message.processorMs);
    };
    child.on('message', listen);
  });
  child.send('spent');
  return answer;
}

/** All sockets upload `perSocket` times; resolves when the server has everything. */
async function uploadsFrom(
  child: ChildProcess,
  clients: readonly Socket[],
  receiver: Receiver,
  payload: Uint8Array,
  perSocket: number,
): Promise<void> {
  let missing = clients.length * perSocket;
  const all = new Promise<void>((resolve) => {
    const listen = (message: FromReceiving) => {
      if (message.kind !== 'received') return;
      missing--;
      if (missing > 0) return;
      child.off('message', listen);
      resolve();
    };
    child.on('message', listen);
  });
  const frames = uploadFrames(payload).map((frame) => encodeMessage({ kind: 'masked', roundId, frame }));
  for (let upload = 0; upload < perSocket; upload++) {
    for (const client of clients) {
      if (receiver === 'tacit') for (const [kind, ...args] of frames) client.emit(kind, ...args);
      else client.emit('update', payload, () => {});
    }
  }
  await all;
}
