// A process that receives uploads over sockets, and says how much processor time it took: Tacit's gateway, uploads and ring sum, or socket.io with its
// defaults. It is told by messages what to be.
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { roundCore } from '#shared/core/rounds-wasm.ts';
import { RingSum } from '#shared/privacy/aggregate.ts';
import { packedBytes } from '#shared/protocol/codec.ts';
import { systemClock } from '../../../server/clock.ts';
import { socketLimitsFor } from '../../../server/config.ts';
import { readCore } from '../../../server/core-file.ts';
import { Gateway } from '../../../server/gateway.ts';
import { Telemetry } from '../../../server/telemetry.ts';
import { Uploads } from '../../../server/uploads.ts';
import { defaultServer } from '../rivals/socketio-server.ts';

export type Receiver = 'tacit' | 'socketio';

export type FromReceiving =
  | { readonly kind: 'ready'; readonly url: string }
  /** One more upload is in. */
  | { readonly kind: 'received' }
  /** Processor time of this process so far, ms. */
  | { readonly kind: 'spent'; readonly processorMs: number };

const bits = 16;
const [receiver, length] = process.argv.slice(2);
const tell = (message: FromReceiving) => process.send?.(message);

/** What a server does with uploads from the socket to the sum, without rounds. */
function tacitServer(numbers: number): HttpServer {
  const http = createServer();
  const telemetry = new Telemetry('silent');
  const gateway = new Gateway(http, { isLocal: true, limits: socketLimitsFor(64), clock: systemClock, telemetry });
  const sum = new RingSum(numbers, bits, roundCore(readCore()));
  const uploads = new Uploads({
    payloadBytes: packedBytes(numbers, bits),
    clock: systemClock,
    onComplete: (_, payload) => {
      sum.add(payload);
      tell({ kind: 'received' });
    },
    onFault: (client, fault) => {
      throw new Error(`an upload of ${client} is wrong: ${fault.message}`);
    },
    onSlow: (client) => gateway.cut(client, 'slow'),
    hold: (client) => gateway.hold(client),
    release: (client) => gateway.release(client),
  });
  gateway.attach({
    connected: () => {},
    receive: (client, message) => {
      if (message.kind === 'masked') uploads.frame(client, message.frame);
    },
    refuse: (client, code, message) => {
      throw new Error(`${client} was refused: ${code} ${message}`);
    },
    disconnected: (client) => uploads.forget(client),
  });
  return http;
}

const http = receiver === 'tacit' ? tacitServer(Number(length)) : defaultServer(() => tell({ kind: 'received' }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: 'spent', processorMs: (user + system) / 1000 });
});
http.listen(0, '127.0.0.1', () => {
  tell({ kind: 'ready', url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
});
