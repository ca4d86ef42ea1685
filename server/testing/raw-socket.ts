// A WebSocket spoken by hand over TCP, for clients that no library would write: one that never reads, thousands that only connect.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface Upgraded {
  /** The first line of the answer, such as `HTTP/1.1 101 Switching Protocols`; empty when the connection ended without one. */
  readonly answer: string;
  /** The whole head of the answer. */
  readonly head: string;
  readonly socket: Socket;
}

/** Asks for an upgrade; `headers` may name another host. Resolves with the answer. The socket is the caller's to destroy. */
export function upgrade(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Upgraded> {
  const { hostname, port, host } = new URL(url);
  const all = { Host: host, ...headers };
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const finish = () => {
      socket.removeAllListeners('data');
      socket.pause();
      resolve({ answer: text.split('\r\n')[0] ?? '', head: text.split('\r\n\r\n')[0] ?? '', socket });
    };
    socket.on('error', finish);
    socket.on('close', finish);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (text.includes('\r\n\r\n')) finish();
    });
    const lines = [
      'GET /v1/socket/?EIO=4&transport=websocket HTTP/1.1',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  });
}

/** A text frame as a client sends it: masked, up to 65,535 bytes. */
export function textFrame(text: string): Buffer {
  return maskedFrame(0x81, Buffer.from(text));
}

/** A ping frame of up to 125 bytes. */
export function pingFrame(bytes: Buffer): Buffer {
  return maskedFrame(0x89, bytes);
}

function maskedFrame(first: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const length = payload.length;
  const header =
    length < 126 ? Buffer.from([first, 0x80 | length]) : Buffer.from([first, 0x80 | 126, length >> 8, length & 0xff]);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return Buffer.concat([header, mask, masked]);
}
