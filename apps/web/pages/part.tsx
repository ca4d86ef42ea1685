// Taking part: the switches, what each one means, and the steps of a round as they happen.
import { epsilonOfRho, participationsAllowed, rhoOfParticipation } from '#shared/privacy/accountant.ts';
import { largestMeaningfulEpsilon } from '../guarantee.ts';
import { words } from '../language.ts';
import { RoundSteps } from '../parts/round-steps.tsx';
import { useNow } from '../parts/status-pill.tsx';
import { Switch } from '../parts/switch.tsx';
import { roundBytes } from '../round-bytes.ts';
import { addressOf } from '../router.ts';
import { globalPrivacyControl, useSession } from '../session.ts';

export function Part() {
  const session = useSession();
  const state = session.state.value;
  const { keep, train, send, alone } = state.consent;
  const sendsAlone = session.status.value?.policy.mode === 4;
  const { part } = words.value;
  const now = useNow(state.reason.code === 'cooldown');
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1}>{part.heading}</h1>
        <p class="lead">{part.lead}</p>
      </header>
      <div class="columns">
        <div class="column-main">
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
              <p>{sendsAlone ? part.sendWhatAlone : part.sendWhat}</p>
            </Switch>
            {(sendsAlone || alone) && (
              <Switch
                name="alone"
                label={part.alone}
                on={alone}
                needs={send ? null : part.aloneNeeds}
                onChange={(on) => void session.setConsent({ alone: on })}
              >
                <AloneWarning sendsAlone={sendsAlone} />
              </Switch>
            )}
          </section>
          {globalPrivacyControl() && <p class="callout">{part.gpc}</p>}
          <Meaning />
        </div>
        <div class="column-side">
          <section class="panel" aria-labelledby="round-heading">
            <h2 id="round-heading">{part.round}</h2>
            <p>
              {words.value.sentences(words.value.states[state.participation], words.value.reason(state.reason, now))}
            </p>
            {state.participation === 'waiting' && state.reason.code === 'people' && (
              <p class="muted">{words.value.updateWaiting}</p>
            )}
            <RoundSteps state={state} mode={session.status.value?.policy.mode ?? 1} />
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

function AloneWarning({ sendsAlone }: { readonly sendsAlone: boolean }) {
  const session = useSession();
  const { part } = words.value;
  const policy = session.status.value?.policy;
  if (!sendsAlone || policy === undefined) {
    return <p>{part.aloneUnused}</p>;
  }
  const epsilon = epsilonOfRho(rhoOfParticipation(policy.noiseMultiplier), policy.delta);
  const cost = epsilon > largestMeaningfulEpsilon ? part.aloneNoGuarantee : part.aloneCost;
  return (
    <>
      <p>{part.aloneWhat}</p>
      <p class="note">{cost(epsilon.toFixed(2))}</p>
    </>
  );
}

function Meaning() {
  const session = useSession();
  const { part, bytes } = words.value;
  const status = session.status.value;
  const figures = session.policyFigures.value;
  if (status === null) {
    return null;
  }
  const { mode, trainable, minCohort, maxCohort, noiseMultiplier, epsilonCap, delta } = status.policy;
  return (
    <section aria-labelledby="facts-heading">
      <h2 id="facts-heading">{part.facts}</h2>
      <dl class="meaning">
        <dt>{part.what}</dt>
        <dd>{part.whatText(trainable)}</dd>
        <dt>{part.why}</dt>
        <dd>{part.whyText}</dd>
        <dt>{part.howMuch}</dt>
        <dd>
          {figures !== null &&
            part.howMuchText(
              bytes(roundBytes({ mode, maxCohort, trainable, bits: figures.bits })),
              participationsAllowed(noiseMultiplier, epsilonCap, delta),
            )}
        </dd>
        <dt>{part.who}</dt>
        <dd>
          {words.value.sentences(part.whoText(location.host), mode === 4 ? part.whoAlone : part.whoMasked(minCohort))}{' '}
          <a href={addressOf({ page: 'privacy' })}>{part.whoMore}</a>
        </dd>
      </dl>
    </section>
  );
}
