// A device's side of a round without masks, for simulations of many people: the messages of a masked round, as many and as long, with nothing in
// them but an upload that everybody can read. Bytes, stages, deadlines and dropouts are those of a masked round; there are no keys, so a round
// costs no cryptography. The upload is the noised integers as they are. The server's side is plain-round.ts. Simulated participants alone.
import { plainRounds, type RoundCore } from '#shared/core/rounds.ts';
import { uploadFrames } from '#shared/protocol/codec.ts';
import type { ClientEvent, ClientSend, ClientStart } from '#shared/secagg/client.ts';
import { actualNeighbours } from '#shared/secagg/parameters.ts';
import { advertiseBytes, resumeBytes } from '#shared/secagg/wire.ts';
import type { MaskStep, Masks } from '../engine/masking.ts';
import { confirmBytes, countIn, sharesBytes, unmaskBytes } from './plain-bytes.ts';

type Stage = 'advertised' | 'shared' | 'charging' | 'masked' | 'confirming' | 'unmasking' | 'done' | 'aborted';

/** What the server says in each stage, and what the answer is. */
const answers = { advertised: 'roster', shared: 'inbox', masked: 'unmask_req', confirming: 'confirmations' } as const;

/** @param rounds what packs; plain JavaScript unless said otherwise. */
export async function startPlainMasks(start: ClientStart, rounds: RoundCore = plainRounds): Promise<Masks> {
  const { parameters } = start;
  const advertise = new Uint8Array(advertiseBytes);
  advertise.set(start.resume, advertiseBytes - resumeBytes);
  const upload: ClientSend = { kind: 'masked', frames: uploadFrames(rounds.packBits(start.values, parameters.bits)) };
  let stage: Stage = 'advertised';
  let last: ClientSend = { kind: 'advertise', bytes: advertise };
  let roster = 0;
  let neighbours = 0;
  /** Of U2. */
  let dealt = 0;
  const step = (send: readonly ClientSend[] = [], abort: MaskStep['abort'] = null): MaskStep => ({
    state: { kind: stage },
    send,
    abort,
  });
  const say = (next: Stage, message: ClientSend): MaskStep => {
    stage = next;
    last = message;
    return step([message]);
  };
  const end = (code: string, message: string): MaskStep => {
    stage = 'aborted';
    wipe(upload);
    return step([], { code, message });
  };
  const handle = (event: ClientEvent): MaskStep => {
    if (stage === 'done' || stage === 'aborted') return step();
    switch (event.kind) {
      case 'cancel':
        return end('cancelled', event.reason);
      case 'abort':
        return end('server-abort', `the server gave the round up: ${event.code}`);
      case 'resumed':
        return step([last]);
      case 'charged':
        return stage === 'charging' ? say('masked', upload) : step();
      case 'result':
        stage = 'done';
        wipe(upload);
        return step();
      default:
        break;
    }
    // Said again after a lost connection: heard already.
    if (stage === 'charging' || stage === 'unmasking' || event.kind !== answers[stage]) return step();
    switch (event.kind) {
      case 'roster':
        roster = countIn(event.bytes);
        neighbours = actualNeighbours(parameters, roster);
        return say('shared', { kind: 'shares', bytes: new Uint8Array(sharesBytes(neighbours)) });
      case 'inbox':
        dealt = countIn(event.bytes);
        stage = 'charging';
        return step();
      case 'unmask_req':
        return say('confirming', {
          kind: 'confirm',
          bytes: new Uint8Array(confirmBytes({ roster, neighbours, survivors: countIn(event.bytes) })),
        });
      case 'confirmations':
        wipe(upload);
        return say('unmasking', {
          kind: 'unmask',
          bytes: new Uint8Array(unmaskBytes({ roster, neighbours, survivors: dealt })),
        });
      default:
        return step();
    }
  };
  return { first: step([last]), handle: async (event) => handle(event) };
}

function wipe(upload: ClientSend): void {
  if (upload.kind === 'masked') for (const frame of upload.frames) frame.fill(0);
}
