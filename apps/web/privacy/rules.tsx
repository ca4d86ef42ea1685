// The federation's rules, what its crowd means for epsilon, and against whom the protection holds.
import { crowdPrivacy } from '#shared/model/crowd.ts';
import { participationsAllowed } from '#shared/privacy/accountant.ts';
import type { Policy } from '#shared/protocol/policy.ts';
import { privacyWords } from '../dictionary/privacy.ts';
import { words } from '../language.ts';
import { useSession } from '../session.ts';
import { epsilonText, exponentText, figure, guaranteeText, limitText } from './figures.ts';
import { usePolicy } from './policy.ts';

/** What the crowd's epsilon is compared with. */
const lowEpsilon = 2;

export function Adversaries() {
  const policy = usePolicy();
  const text = privacyWords.value;
  if (policy === null) {
    return null;
  }
  const alone = policy.noiseMultiplier / Math.sqrt(policy.honestNoiseShares);
  const guarantee = guaranteeText(alone, policy.delta);
  const rows =
    policy.mode === 1 ? text.whoRows(policy.minCohort, figure(alone), guarantee) : text.whoRowsAlone(guarantee);
  return (
    <section aria-labelledby="who-heading" data-testid="adversaries">
      <h2 id="who-heading">{text.who}</h2>
      <p class="callout">{policy.mode === 1 ? text.whoLead : text.whoLeadAlone}</p>
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
  const session = useSession();
  const text = privacyWords.value;
  const status = session.status.value;
  const figures = session.policyFigures.value;
  const policy = usePolicy();
  if (status === null) {
    return null;
  }
  const rules = status.policy;
  const rows = text.policyRows;
  // n nEff / z²: numbers whose mean stands out of the noise in one round.
  const useful =
    figures === null ? null : Math.round((rules.maxCohort * figures.honestNoiseShares) / rules.noiseMultiplier ** 2);
  return (
    <section aria-labelledby="policy-heading" data-testid="rules">
      <h2 id="policy-heading">{text.policy}</h2>
      <p class="muted">{text.policyLead}</p>
      {policy !== null && (
        <p class="measure" data-testid="crowd">
          {crowdText(policy)}
        </p>
      )}
      {figures !== null && useful !== null && (
        <p class="measure">
          {text.trainable(
            rules.trainable,
            rules.maxCohort,
            useful,
            figures.parts.map(({ name, rows: size }) => text.parts[name](size)),
          )}
        </p>
      )}
      {status.simulatedParticipants > 0 && <p class="measure">{text.simulated(status.simulatedParticipants)}</p>}
      <dl class="rules">
        <Rule name={rows.mode} value={rows.modeText(rules.mode)} />
        <Rule name={rows.cohort} value={rows.cohortText(rules.minCohort, rules.maxCohort)} />
        <Rule name={rows.trainable} value={limitText(rules.trainable)} />
        <Rule name={rows.noise} value={figure(rules.noiseMultiplier)} />
        {figures !== null && (
          <Rule name={rows.noiseAlone} value={figure(rules.noiseMultiplier / Math.sqrt(figures.honestNoiseShares))} />
        )}
        <Rule name={rows.clipping} value={figure(rules.clippingBoundL2)} />
        <Rule
          name={rows.cap}
          value={rows.capText(
            limitText(rules.epsilonCap),
            participationsAllowed(rules.noiseMultiplier, rules.epsilonCap, rules.delta),
          )}
        />
        <Rule name={rows.delta} value={exponentText(rules.delta)} />
        <Rule name={rows.cooldown} value={words.value.seconds(Math.round(rules.cooldownMs / 1000))} />
        <Rule name={rows.hash} value={`${rules.hash.slice(0, 16)}…`} />
      </dl>
    </section>
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
function crowdText(policy: Policy): string {
  const text = privacyWords.value;
  const crowd = crowdPrivacy(policy, lowEpsilon);
  const costs = text.crowd(epsilonText(crowd.epsilonOnce), crowd.participations, epsilonText(crowd.epsilonAll));
  return words.value.sentences(
    costs,
    crowd.lowNoiseMultiplier === policy.noiseMultiplier
      ? text.crowdEnough(limitText(lowEpsilon))
      : text.crowdNeeded(limitText(lowEpsilon), crowd.lowGathered, crowd.gathered),
  );
}
