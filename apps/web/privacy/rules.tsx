// The federation's rules, what its crowd means for epsilon, and against whom the protection holds.
import { useMemo } from 'preact/hooks';
import { blockCount, blocksOf } from '#shared/model/blocks.ts';
import { type CrowdPrivacy, crowdPrivacy, sessionsWithinCap } from '#shared/model/crowd.ts';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { noiseOfPolicy, type Policy, roundPolicyOf } from '#shared/protocol/policy.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { pagesWords, words } from '../language.ts';
import { type HeldPolicy, useHeldPolicy, weakestPhase } from '../policy.ts';
import { useSession } from '../session.ts';
import { epsilonText, exponentText, figure, guaranteeText, limitText } from './figures.ts';
import { SimulatedNote } from './simulated-note.tsx';

/** What the crowd's epsilon is compared with. */
const lowEpsilon = 2;

export function Adversaries() {
  const policy = useHeldPolicy()?.policy ?? null;
  const text = privacyWords.value;
  if (policy === null) {
    return (
      <section aria-labelledby="who-heading" data-testid="adversaries">
        <h2 id="who-heading">{text.who}</h2>
        <p>{pagesWords.value.policyUnknown}</p>
      </section>
    );
  }
  const alone = weakestPhase(policy).noiseMultiplier / Math.sqrt(policy.honestNoiseShares);
  const guarantee = guaranteeText(alone, policy.delta);
  const rows =
    policy.mode === 1 ? text.whoRows(policy.minCohort, figure(alone), guarantee) : text.whoRowsAlone(guarantee);
  return (
    <section aria-labelledby="who-heading" data-testid="adversaries">
      <h2 id="who-heading">{text.who}</h2>
      <p class="callout">{policy.mode === 1 ? text.whoLead : text.whoLeadAlone}</p>
      <SimulatedNote mode={policy.mode} noiseMultiplierAlone={alone} delta={policy.delta} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls sideways has to be reachable by keyboard */}
      <section class="table-place" tabIndex={0} aria-label={text.whoColumns.join(', ')}>
        <table class="table table-words">
          <thead>
            <tr>
              {text.whoColumns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([who, sees, protection]) => (
              <tr key={who}>
                <th scope="row">{who}</th>
                <td data-column={text.whoColumns[1]}>{sees}</td>
                <td data-column={text.whoColumns[2]}>{protection}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

export function Rules() {
  const text = privacyWords.value;
  const held = useHeldPolicy();
  return (
    <section aria-labelledby="policy-heading" data-testid="rules">
      <h2 id="policy-heading">{text.policy}</h2>
      <p class="muted">{text.policyLead}</p>
      {held === null ? <p>{pagesWords.value.policyUnknown}</p> : <RuleList held={held} />}
    </section>
  );
}

function RuleList({ held }: { readonly held: HeldPolicy }) {
  const session = useSession();
  const text = privacyWords.value;
  const { hash, policy } = held;
  const simulated = session.status.value?.simulatedParticipants ?? 0;
  const advice = session.status.value?.advice ?? null;
  const crowd = useMemo(() => crowdPrivacy(policy, lowEpsilon), [policy]);
  const rows = text.policyRows;
  const { maxCohort, minCohort, phases } = policy;
  const { clippingBoundL2, layout, noiseMultiplier } = weakestPhase(policy);
  const { model } = session.state.value;
  return (
    <>
      <p class="measure" data-testid="crowd">
        {crowdText(policy, crowd)}
      </p>
      <p class="measure">{text.learners[policy.learner]}</p>
      {phases.length === 1 ? <Trainable policy={policy} /> : <Phases policy={policy} />}
      {advice !== null && (
        <p class="measure" data-testid="advice">
          {text.advice[advice.verdict](advice.crowd)}
        </p>
      )}
      {simulated > 0 && <p class="measure">{text.simulated(simulated)}</p>}
      <dl class="rules">
        <Rule name={rows.mode} value={rows.modeText(policy.mode)} />
        <Rule name={rows.cohort} value={rows.cohortText(minCohort, maxCohort)} />
        {model !== null && phases.length > 1 && (
          <Rule name={rows.place} value={rows.placeText(model.epoch, model.phase + 1, phases.length)} />
        )}
        <Rule name={rows.learner} value={policy.learner} />
        {phases.length === 1 && <Rule name={rows.trainable} value={limitText(layout.length)} />}
        <Rule name={rows.noise} value={figure(noiseMultiplier)} />
        <Rule name={rows.noiseAlone} value={figure(crowd.noiseMultiplierAlone)} />
        {phases.length === 1 && <Rule name={rows.clipping} value={figure(clippingBoundL2)} />}
        <Rule
          name={rows.cap}
          value={rows.capText(limitText(policy.epsilonCap), sessionsWithinCap(policy), phases.length)}
        />
        <Rule name={rows.delta} value={exponentText(policy.delta)} />
        <Rule name={rows.cooldown} value={pagesWords.value.seconds(Math.round(policy.cooldownMs / 1000))} />
        <Rule name={rows.hash} value={`${hash.slice(0, 16)}…`} />
      </dl>
    </>
  );
}

/** What is learned in every round, and why no more. */
function Trainable({ policy }: { readonly policy: Policy }) {
  const text = privacyWords.value;
  const { layout, maxCohort, honestNoiseShares, noiseMultiplier } = roundPolicyOf(policy, 0);
  // n nEff / z²: numbers whose mean stands out of the noise in one round.
  const useful = Math.round((maxCohort * honestNoiseShares) / noiseMultiplier ** 2);
  const parts = layout.parts.map((part) => text.parts[part.name](part.rows, blockCount(blocksOf(part))));
  return <p class="measure">{text.trainable(layout.length, maxCohort, useful, parts)}</p>;
}

/** What is learned in each phase, and what a round of it costs. */
function Phases({ policy }: { readonly policy: Policy }) {
  const text = privacyWords.value;
  return (
    <div data-testid="phases">
      <p class="measure">{text.phasesLead(policy.phases.length)}</p>
      <ol class="plain-list measure">
        {policy.phases.map(({ name, layout, rounds, noiseMultiplier }, phase) => {
          const what = layout.parts
            .map((part) => text.parts[part.name](part.rows, blockCount(blocksOf(part))))
            .join(words.value.comma);
          const { rhoPerParticipation } = noiseOfPolicy(roundPolicyOf(policy, phase));
          const epsilon = epsilonText(epsilonOfRho(rhoPerParticipation, policy.delta));
          return (
            <li key={`${phase} ${name}`}>
              {text.phase(what, rounds, layout.length, figure(noiseMultiplier), epsilon)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Rule({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What this crowd means for epsilon, and how large a crowd the same quality would need at a low one. */
function crowdText(policy: Policy, crowd: CrowdPrivacy): string {
  const text = privacyWords.value;
  const costs = text.crowd(
    epsilonText(crowd.epsilonOnce),
    crowd.sessions,
    epsilonText(crowd.epsilonAll),
    policy.phases.length,
  );
  return words.value.sentences(
    costs,
    crowd.lowNoiseMultiplier === crowd.noiseMultiplier
      ? text.crowdEnough(limitText(lowEpsilon))
      : text.crowdNeeded(limitText(lowEpsilon), crowd.lowGathered, crowd.gathered),
  );
}
