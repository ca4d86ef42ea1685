// A second config, roster, inbox, unmask request or set of confirmations that differs from the first: each would make a client answer twice from one
// set of keys. Two inboxes alone give two uploads of one vector under the same masks, and their difference. What stops it: a message counts
// once, and other bytes under the same name end the round.
import { encodeConfirmations, encodeRoster } from '../../secagg/wire.ts';
import { type Attack, judged } from './attack.ts';
import { HostileServer } from './hostile-server.ts';
import { madeUpRound } from './people.ts';

const cohort = 22;
const victim = 3;

type ServerMessageKind = 'config' | 'roster' | 'inbox' | 'unmask_req' | 'confirmations';

export const secondMessage: Attack = {
  name: 'changed-second-message',
  summary: 'each message of the server comes a second time with other bytes',
  async run(setting) {
    const kinds = ['config', 'roster', 'inbox', 'unmask_req', 'confirmations'] as const;
    let answered = 0;
    let control = 0;
    let ended = 0;
    const server = await HostileServer.gather(madeUpRound(setting, 'second message', cohort));
    for (const kind of kinds) {
      const { first, other } = await messages(server, kind);
      const restore = server.snapshot();
      if (first !== null) await taken(server, kind, first);
      const second = await server.tell(victim, { kind, bytes: other });
      if (second.send.length > 0 || second.charge) answered++;
      if (second.abort !== null) ended++;
      restore();
      if (first !== null) {
        await taken(server, kind, first);
        restore();
        const again = await server.tell(victim, { kind, bytes: other });
        if (again.send.length > 0 || again.charge) control++;
        restore();
      }
    }
    // A config has no answer beyond the keys: the client was started with it, so its control has nothing to go back to.
    const answerable = kinds.length - 1;
    return [
      judged({
        attack: secondMessage.name,
        adversary: 'active server',
        measure: 'success rate',
        control: control / answerable,
        controlAtLeast: 1,
        protected: answered / kinds.length,
        chance: 0,
        bound: 0,
        trials: kinds.length,
        note:
          'A try succeeds when the client answers the second message too. Control: a client that goes back to the state before the first ' +
          '(for roster, inbox, unmask request and confirmations).',
        details: { roundsEnded: ended },
      }),
    ];
  },
};

/** An honest message is taken. */
async function taken(server: HostileServer, kind: ServerMessageKind, bytes: Uint8Array): Promise<void> {
  const step = await server.tell(victim, { kind, bytes });
  if (step.abort !== null) throw new RangeError(`second message: expected the first ${kind} to be taken`);
  if (step.charge) await server.tell(victim, { kind: 'charged' });
}

/** Takes the round on to where a message is due: an honest one, and another one that would do by itself. `first` is null where the client has it already. */
async function messages(
  server: HostileServer,
  kind: ServerMessageKind,
): Promise<{ readonly first: Uint8Array | null; readonly other: Uint8Array }> {
  const keys = server.clients.map((client) => client.keys);
  if (kind === 'config') return { first: null, other: new Uint8Array(184) };
  if (kind === 'roster') {
    const last = server.size - 1;
    return { first: encodeRoster(keys), other: encodeRoster(keys.filter((_, i) => i !== last)) };
  }
  await server.deal();
  const without = server.without(cohort - 1);
  if (kind === 'inbox') return { first: server.inbox(victim, server.everyone), other: server.inbox(victim, without) };
  await server.collect();
  if (kind === 'unmask_req') return { first: server.everyone.bytes, other: without.bytes };
  await server.request(() => server.everyone);
  const macs = server.confirmationsFor(victim, server.everyone);
  const [dropped] = macs.keys();
  const fewer = new Map([...macs].filter(([from]) => from !== dropped));
  return { first: encodeConfirmations(macs), other: encodeConfirmations(fewer) };
}
