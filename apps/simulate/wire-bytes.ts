// How many bytes a message is on the wire: socket.io 4 over engine.io 4 over WebSocket (RFC 6455), without TLS and TCP.
import type { ClientMessage, ServerMessage } from '#shared/protocol/messages.ts';
import { encodeMessage } from '#shared/protocol/parse.ts';

const shortPayload = 125;
const mediumPayload = 65_535;
/** A client masks its frames. */
const maskBytes = 4;

/** @param from a client's frames are four bytes longer. */
export function wireBytes(message: ClientMessage | ServerMessage, from: 'client' | 'server'): number {
  const [kind, fields, ...binary] = encodeMessage(message);
  const places = binary.map((_, num) => ({ _placeholder: true, num }));
  // '4' is engine.io's message; '2' is socket.io's event, '5N-' one with N attachments.
  const packet = `4${binary.length === 0 ? '2' : `5${binary.length}-`}${JSON.stringify([kind, fields, ...places])}`;
  // Quoted texts may hold more than ASCII.
  return [Buffer.byteLength(packet), ...binary.map((bytes) => bytes.length)].reduce(
    (sum, payload) => sum + frameBytes(payload, from),
    0,
  );
}

function frameBytes(payload: number, from: 'client' | 'server'): number {
  const length = payload <= shortPayload ? 0 : payload <= mediumPayload ? 2 : 8;
  return 2 + length + (from === 'client' ? maskBytes : 0) + payload;
}
