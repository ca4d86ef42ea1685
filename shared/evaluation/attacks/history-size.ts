// How much somebody likes: a history of one like against a long one, from everything in the messages and from the numbers of the upload. The sizes are
// the same for everybody, and masked numbers are uniform whatever is under them.
import type { Interactions } from '../../model/model.ts';
import { type Attack, judged } from './attack.ts';
import { recoverLikes } from './likes.ts';
import { updateOf, worldOf } from './people.ts';
import { areaUnderRoc, errorOfChanceArea } from './statistics.ts';
import { peopleInRound, type SeenUpload, uploadsOf } from './uploads.ts';

export const historySize: Attack = {
  name: 'size-of-history',
  summary: 'one like or many, from sizes and statistics of the messages',
  async run(setting) {
    const rounds = Math.ceil((setting.trials ?? (setting.isSmall ? 48 : 120)) / peopleInRound);
    const world = worldOf(setting, 'wide', rounds * peopleInRound);
    const { table, policy, people } = world;
    const isLong = (i: number) => i % 2 === 0;
    const short = (person: Interactions): Interactions => ({ liked: person.liked.slice(0, 1), disliked: [], seen: [] });
    const updates = people.map((person, i) => updateOf(world, isLong(i) ? person : short(person)));
    const seen: SeenUpload[] = [];
    for (let round = 0; round < rounds; round++) {
      const members = updates.slice(round * peopleInRound, (round + 1) * peopleInRound);
      seen.push(...(await uploadsOf(setting, world, members, `history size ${round}`)));
    }
    const area = (statistic: (i: number) => number) => {
      const values = people.map((_, i) => statistic(i));
      const value = areaUnderRoc(
        values.filter((_, i) => isLong(i)),
        values.filter((_, i) => !isLong(i)),
      );
      return Math.max(value, 1 - value);
    };
    const statistics = {
      bytes: (i: number) => seen[i]!.messageBytes.reduce((sum, bytes) => sum + bytes, 0),
      messages: (i: number) => seen[i]!.messageBytes.length,
      energy: (i: number) => seen[i]!.masked.reduce((sum, value) => sum + value * value, 0),
      likes: (i: number) => recoverLikes(seen[i]!.masked, table, policy.layout).length,
    };
    const areas = Object.fromEntries(Object.entries(statistics).map(([name, statistic]) => [name, area(statistic)]));
    const control = area((i) => recoverLikes(updates[i]!, table, policy.layout).length);
    return [
      judged({
        attack: historySize.name,
        adversary: 'server',
        measure: 'AUC',
        control,
        controlAtLeast: 0.99,
        protected: Math.max(...Object.values(areas)),
        chance: 0.5,
        bound: 0.5 + 4.5 * errorOfChanceArea(people.length / 2),
        trials: people.length,
        note:
          'One like against 8 to 48 likes. The best of four statistics, whichever way it points: bytes and messages sent, energy of the upload, ' +
          'likes that the recovery finds. Control: the number of likes that the recovery finds in the raw update. Bound: four and a half standard errors.',
        details: areas,
      }),
    ];
  },
};
