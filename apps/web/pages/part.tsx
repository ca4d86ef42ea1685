// Taking part: the switches, what each one means, and the steps of a round as they happen.
import { sessionsWithinCap } from '#shared/model/crowd.ts';
import { epsilonOfRho } from '#shared/privacy/accountant.ts';
import { type Policy, rhoOfSession } from '#shared/protocol/policy.ts';
import { largestMeaningfulEpsilon } from '../guarantee.ts';
import { pagesWords, reasonText, words } from '../language.ts';
import { RoundSteps } from '../parts/round-steps.tsx';
import { useNow } from '../parts/status-pill.tsx';
import { Switch } from '../parts/switch.tsx';
import { useHeldPolicy } from '../policy.ts';
import { roundBytes } from '../round-bytes.ts';
import { addressOf } from '../router.ts';
import { globalPrivacyControl, useSession } from '../session.ts';

export function Part() {
  const session = useSession();
  const state = session.state.value;
  const { keep, train, send, alone } = state.consent;
  const policy = useHeldPolicy()?.policy ?? null;
  const sendsAlone = policy?.mode === 4;
  const { part } = pagesWords.value;
  const now = useNow(state.reason.code === 'cooldown');
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1}>{part.heading}</h1>
        <p class="lead">{part.lead}</p>
      </header>
      <div class="columns">
        <div class="column-main">
          {state.reason.code === 'terms-changed' && <TermsChanged policy={policy} />}
          <section class="panel" aria-label={part.heading}>
            <Switch
              name="keep"
              label={part.keep}
              on={keep}
              needs={null}
              onChange={(on) =>
                void session.setConsent(on ? { keep: on } : { keep: false, train: false, send: false, alone: false })
              }
            >
              <p>{part.keepWhat}</p>
              <p class="note">{part.keepOff}</p>
            </Switch>
            <Switch
              name="train"
              label={part.train}
              on={train}
              needs={keep ? null : part.trainNeeds}
              onChange={(on) =>
                void session.setConsent(on ? { train: on } : { train: false, send: false, alone: false })
              }
            >
              <p>{part.trainWhat}</p>
            </Switch>
            <Switch
              name="send"
              label={part.send}
              on={send}
              needs={train ? null : part.sendNeeds}
              onChange={(on) => void session.setConsent(on ? { send: on } : { send: false, alone: false })}
            >
              <p>{policy === null ? part.sendWhatUnknown : sendsAlone ? part.sendWhatAlone : part.sendWhat}</p>
            </Switch>
            {(sendsAlone || alone) && (
              <Switch
                name="alone"
                label={part.alone}
                on={alone}
                needs={send ? null : part.aloneNeeds}
                onChange={(on) => void session.setConsent({ alone: on })}
              >
                <AloneWarning policy={policy} />
              </Switch>
            )}
          </section>
          {globalPrivacyControl() && <p class="callout">{part.gpc}</p>}
          <Meaning policy={policy} />
        </div>
        <div class="column-side">
          <section class="panel" aria-labelledby="round-heading">
            <h2 id="round-heading">{part.round}</h2>
            <p>{words.value.sentences(words.value.states[state.participation], reasonText(state.reason, now))}</p>
            {state.participation === 'waiting' && state.reason.code === 'people' && (
              <p class="muted">{pagesWords.value.updateWaiting}</p>
            )}
            <RoundSteps state={state} mode={policy?.mode ?? 1} />
          </section>
          <section class="panel" aria-labelledby="numbers-heading">
            <h2 id="numbers-heading">{part.numbers}</h2>
            <dl class="numbers">
              <div>
                <dt>{part.modelVersion}</dt>
                <dd>{state.model?.version ?? session.status.value?.modelVersion ?? '–'}</dd>
              </div>
              <div>
                <dt>{part.rounds}</dt>
                <dd>{state.roundsTakenPart}</dd>
              </div>
              <div>
                <dt>{part.spent}</dt>
                <dd>{part.spentOf(state.epsilonSpent.toFixed(2), String(state.epsilonCap))}</dd>
              </div>
            </dl>
            <p class="small">
              <a href={addressOf({ page: 'privacy' })}>{part.more}</a>
            </p>
          </section>
        </div>
      </div>
    </>
  );
}

/** What one session (a participation in each phase) costs by itself, and whether it promises anything. */
function costOf(policy: Policy): { readonly epsilon: string; readonly promises: boolean } {
  const epsilon = epsilonOfRho(rhoOfSession(policy), policy.delta);
  return { epsilon: epsilon.toFixed(2), promises: epsilon <= largestMeaningfulEpsilon };
}

/** The rules changed after the person agreed: what they are now, and the way to agree to them. */
function TermsChanged({ policy }: { readonly policy: Policy | null }) {
  const session = useSession();
  const { part, policyUnknown } = pagesWords.value;
  if (policy === null) {
    return (
      <p class="callout callout-alert" data-testid="terms-changed">
        {words.value.sentences(reasonText({ code: 'terms-changed' }, 0), policyUnknown)}
      </p>
    );
  }
  const { epsilon, promises } = costOf(policy);
  return (
    <div class="callout callout-alert" role="alert" data-testid="terms-changed">
      <p>{part.termsChanged(policy.mode === 4, epsilon, promises, policy.phases.length)}</p>
      {policy.mode === 4 && <p>{part.termsAlone}</p>}
      <button type="button" class="button" data-testid="agree-again" onClick={() => void session.agreeAgain()}>
        {part.agreeAgain}
      </button>
    </div>
  );
}

function AloneWarning({ policy }: { readonly policy: Policy | null }) {
  const { part } = pagesWords.value;
  if (policy?.mode !== 4) {
    return <p>{policy === null ? pagesWords.value.policyUnknown : part.aloneUnused}</p>;
  }
  const { epsilon, promises } = costOf(policy);
  const phases = policy.phases.length;
  return (
    <>
      <p>{part.aloneWhat}</p>
      <p class="note">{promises ? part.aloneCost(epsilon, phases) : part.aloneNoGuarantee(epsilon, phases)}</p>
    </>
  );
}

function Meaning({ policy }: { readonly policy: Policy | null }) {
  const { part, bytes } = pagesWords.value;
  if (policy === null) {
    return (
      <section aria-labelledby="facts-heading">
        <h2 id="facts-heading">{part.facts}</h2>
        <p>{pagesWords.value.policyUnknown}</p>
      </section>
    );
  }
  const { mode, minCohort, maxCohort, phases } = policy;
  const most = Math.max(
    ...phases.map(({ layout, bits }) => roundBytes({ mode, maxCohort, trainable: layout.length, bits })),
  );
  const [only] = phases;
  return (
    <section aria-labelledby="facts-heading">
      <h2 id="facts-heading">{part.facts}</h2>
      <dl class="meaning">
        <dt>{part.what}</dt>
        <dd>
          {phases.length === 1 && only !== undefined
            ? part.whatText(only.layout.length)
            : part.whatPhases(phases.map(({ name, layout }) => [part.phases[name], layout.length]))}
        </dd>
        <dt>{part.why}</dt>
        <dd>{part.whyText}</dd>
        <dt>{part.howMuch}</dt>
        <dd>{part.howMuchText(bytes(most), sessionsWithinCap(policy), phases.length)}</dd>
        <dt>{part.who}</dt>
        <dd>
          {words.value.sentences(part.whoText(location.host), mode === 4 ? part.whoAlone : part.whoMasked(minCohort))}{' '}
          <a href={addressOf({ page: 'privacy' })}>{part.whoMore}</a>
        </dd>
      </dl>
    </section>
  );
}
