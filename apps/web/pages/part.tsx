// Taking part: three switches, what each one means, and the steps of a round as they happen.
import { participationsAllowed } from '#shared/privacy/accountant.ts';
import { words } from '../language.ts';
import { RoundSteps } from '../parts/round-steps.tsx';
import { useNow } from '../parts/status-pill.tsx';
import { Switch } from '../parts/switch.tsx';
import { addressOf } from '../router.ts';
import { globalPrivacyControl, useSession } from '../session.ts';

export function Part() {
  const session = useSession();
  const state = session.state.value;
  const { keep, train, send } = state.consent;
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
              onChange={(on) => void session.setConsent(on ? { keep: on } : { keep: false, train: false, send: false })}
            >
              <p>{part.keepWhat}</p>
              <p class="note">{part.keepOff}</p>
            </Switch>
            <Switch
              name="train"
              label={part.train}
              on={train}
              needs={keep ? null : part.trainNeeds}
              onChange={(on) => void session.setConsent(on ? { train: on } : { train: false, send: false })}
            >
              <p>{part.trainWhat}</p>
            </Switch>
            <Switch
              name="send"
              label={part.send}
              on={send}
              needs={train ? null : part.sendNeeds}
              onChange={(on) => void session.setConsent({ send: on })}
            >
              <p>{part.sendWhat}</p>
            </Switch>
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
            <RoundSteps state={state} />
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

function Meaning() {
  const session = useSession();
  const { part, privacy, bytes } = words.value;
  const status = session.status.value;
  const figures = session.policyFigures.value;
  if (status === null) {
    return null;
  }
  const { trainable, noiseMultiplier, epsilonCap, delta } = status.policy;
  const uploadBytes = figures === null ? null : Math.ceil((trainable * figures.bits) / 8);
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
          {uploadBytes !== null &&
            part.howMuchText(bytes(uploadBytes), participationsAllowed(noiseMultiplier, epsilonCap, delta))}
        </dd>
        <dt>{part.who}</dt>
        <dd>
          {part.whoText(location.host)} {privacy.notMasked}
        </dd>
      </dl>
    </section>
  );
}
