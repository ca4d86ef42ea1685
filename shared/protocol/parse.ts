// From what a socket delivers (`unknown`) to the two unions of messages, and back. An event is emit(kind, fields, ...binary): PROTOCOL.md [T2].
// Written by hand so that the page's bundle carries no schema library. Unknown fields are ignored; everything known is checked.
import { ProtocolError } from './errors.ts';
import {
  frameHeaderBytes,
  maximumAnswerBytes,
  maximumCount,
  maximumFrameBytes,
  maximumMessageBytes,
  maximumMessageFields,
  maximumReasonCharacters,
  maximumRetryAfterMs,
  roundConfigBytes,
} from './limits.ts';
import { abortCodes, type ClientMessage, memberStages, refusalCodes, type ServerMessage } from './messages.ts';

export const clientMessageKinds: readonly ClientMessage['kind'][] = [
  'join',
  'resume',
  'advertise',
  'shares',
  'masked',
  'local',
  'confirm',
  'unmask',
  'leave',
];
export const serverMessageKinds: readonly ServerMessage['kind'][] = [
  'model',
  'waiting',
  'config',
  'roster',
  'inbox',
  'unmask_req',
  'confirmations',
  'progress',
  'result',
  'abort',
  'refused',
];

/**
 * A message from a client. A binary field is a view on what came: copy it to keep it.
 * Throws ProtocolError 'bad-message' (or 'too-large' for a binary field over its limit).
 */
export function parseClientMessage(kind: string, args: readonly unknown[]): ClientMessage {
  switch (kind) {
    case 'join': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        protocol: whole(fields.protocol, 'join.protocol', maximumCount),
        modelHash: hex(fields.modelHash, 'join.modelHash', 64),
        policyHash: hex(fields.policyHash, 'join.policyHash', 64),
        simulated: truth(fields.simulated, 'join.simulated'),
      };
    }
    case 'resume': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        roundId: hex(fields.roundId, 'resume.roundId', 32),
        resume: hex(fields.resume, 'resume.resume', 32),
      };
    }
    case 'advertise':
    case 'shares':
    case 'confirm':
    case 'unmask': {
      const fields = fieldsOf(kind, args, 1);
      return {
        kind,
        roundId: hex(fields.roundId, `${kind}.roundId`, 32),
        bytes: binaryUpTo(args[1], kind, maximumAnswerBytes),
      };
    }
    case 'masked':
    case 'local': {
      const fields = fieldsOf(kind, args, 1);
      const roundId = hex(fields.roundId, `${kind}.roundId`, 32);
      const frame = binaryUpTo(args[1], `${kind} frame`, frameHeaderBytes + maximumFrameBytes);
      if (frame.length <= frameHeaderBytes) {
        throw bad(`${kind} frame`, 'a header of 3 bytes and content', frame.length);
      }
      return { kind, roundId, frame };
    }
    case 'leave':
      fieldsOf(kind, args, 0);
      return { kind };
    default:
      throw bad('kind', clientMessageKinds.join(', '), kind);
  }
}

/** A message from the server. As `parseClientMessage`. */
export function parseServerMessage(kind: string, args: readonly unknown[]): ServerMessage {
  switch (kind) {
    case 'model': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        version: whole(fields.version, 'model.version', maximumCount),
        hash: hex(fields.hash, 'model.hash', 64),
        policyHash: hex(fields.policyHash, 'model.policyHash', 64),
      };
    }
    case 'waiting': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        joined: whole(fields.joined, 'waiting.joined', maximumCount),
        needed: whole(fields.needed, 'waiting.needed', maximumCount),
      };
    }
    case 'config': {
      fieldsOf(kind, args, 1);
      const config = binary(args[1], 'config');
      if (config.length !== roundConfigBytes) throw bad('config', `${roundConfigBytes} bytes`, config.length);
      return { kind, config };
    }
    case 'roster':
    case 'inbox':
    case 'unmask_req':
    case 'confirmations': {
      const fields = fieldsOf(kind, args, 1);
      return {
        kind,
        roundId: hex(fields.roundId, `${kind}.roundId`, 32),
        bytes: binaryUpTo(args[1], kind, maximumMessageBytes),
      };
    }
    case 'progress': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        roundId: hex(fields.roundId, 'progress.roundId', 32),
        stage: oneOf(fields.stage, 'progress.stage', memberStages),
        received: whole(fields.received, 'progress.received', maximumCount),
        expected: whole(fields.expected, 'progress.expected', maximumCount),
      };
    }
    case 'result': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        roundId: hex(fields.roundId, 'result.roundId', 32),
        cohort: whole(fields.cohort, 'result.cohort', maximumCount),
        modelVersion: whole(fields.modelVersion, 'result.modelVersion', maximumCount),
        modelHash: hex(fields.modelHash, 'result.modelHash', 64),
      };
    }
    case 'abort': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        roundId: hex(fields.roundId, 'abort.roundId', 32),
        code: oneOf(fields.code, 'abort.code', abortCodes),
      };
    }
    case 'refused': {
      const fields = fieldsOf(kind, args, 0);
      return {
        kind,
        code: oneOf(fields.code, 'refused.code', refusalCodes),
        message: text(fields.message, 'refused.message', maximumReasonCharacters),
        retryAfterMs:
          fields.retryAfterMs === null ? null : whole(fields.retryAfterMs, 'refused.retryAfterMs', maximumRetryAfterMs),
      };
    }
    default:
      throw bad('kind', serverMessageKinds.join(', '), kind);
  }
}

/** The arguments of emit: the kind, the JSON object, and the binary field where there is one. */
export function encodeMessage(
  message: ClientMessage | ServerMessage,
): [kind: string, fields: Record<string, unknown>, ...binary: Uint8Array[]] {
  switch (message.kind) {
    case 'masked':
    case 'local':
      return [message.kind, { roundId: message.roundId }, message.frame];
    case 'advertise':
    case 'shares':
    case 'confirm':
    case 'unmask':
    case 'roster':
    case 'inbox':
    case 'unmask_req':
    case 'confirmations':
      return [message.kind, { roundId: message.roundId }, message.bytes];
    case 'config':
      return [message.kind, {}, message.config];
    case 'refused': {
      const { kind, ...fields } = message;
      // Our own text may quote what came; it must still pass the other side's limit.
      return [kind, { ...fields, message: cut(fields.message, maximumReasonCharacters) }];
    }
    default: {
      const { kind, ...fields } = message;
      return [kind, fields];
    }
  }
}

function cut(value: string, most: number): string {
  return value.length <= most ? value : `${value.slice(0, most - 1)}…`;
}

/** The JSON object of an event, after checking how many arguments came with it. */
function fieldsOf(kind: string, args: readonly unknown[], binaries: number): Record<string, unknown> {
  if (args.length !== 1 + binaries) {
    throw bad(
      kind,
      binaries === 0 ? 'one JSON object' : 'one JSON object and one binary argument',
      `${args.length} arguments`,
    );
  }
  const value = args[0];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw bad(kind, 'a JSON object', value);
  }
  if (Object.keys(value).length > maximumMessageFields) {
    throw bad(kind, `at most ${maximumMessageFields} fields`, Object.keys(value).length);
  }
  return value as Record<string, unknown>;
}

/** Node delivers a Buffer, browsers an ArrayBuffer; both become a plain view. */
function binary(value: unknown, at: string): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  // An ArrayBuffer of another realm is not an instance of ours; its tag is the same.
  if (Object.prototype.toString.call(value) === '[object ArrayBuffer]') return new Uint8Array(value as ArrayBuffer);
  throw bad(at, 'bytes', value);
}

/** A binary field of limited length. Throws ProtocolError 'too-large'. */
function binaryUpTo(value: unknown, at: string, most: number): Uint8Array {
  const bytes = binary(value, at);
  if (bytes.length > most) {
    throw new ProtocolError('too-large', `${at}: expected at most ${most} bytes, got ${bytes.length}`);
  }
  return bytes;
}

function hex(value: unknown, at: string, characters: number): string {
  if (typeof value !== 'string' || value.length !== characters || !/^[0-9a-f]*$/.test(value)) {
    throw bad(at, `${characters} lower-case hex characters`, value);
  }
  return value;
}

function whole(value: unknown, at: string, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
    throw bad(at, `a whole number from 0 to ${most}`, value);
  }
  return value;
}

function truth(value: unknown, at: string): boolean {
  if (typeof value !== 'boolean') throw bad(at, 'true or false', value);
  return value;
}

function text(value: unknown, at: string, most: number): string {
  if (typeof value !== 'string' || value.length > most) throw bad(at, `text of at most ${most} characters`, value);
  return value;
}

function oneOf<T extends string>(value: unknown, at: string, known: readonly T[]): T {
  const found = known.find((entry) => entry === value);
  if (found === undefined) throw bad(at, known.join(', '), value);
  return found;
}

function bad(at: string, expected: string, got: unknown): ProtocolError {
  const shown =
    typeof got === 'object' && got !== null
      ? 'an object'
      : typeof got === 'string'
        ? JSON.stringify(got.slice(0, 80))
        : String(got);
  return new ProtocolError('bad-message', `${at}: expected ${expected}, got ${shown}`);
}
