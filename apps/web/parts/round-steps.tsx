// The steps of the current or last round. Each one comes from a message of the protocol; none from a clock.
import { abortCodes } from '#shared/protocol/messages.ts';
import type { EngineState, RoundStep } from '../../engine/api.ts';
import { LANGUAGE_TAGS, language, pagesWords } from '../language.ts';
import { Icon } from './icon.tsx';
import { LaterIcon } from './more-icons.tsx';

type StepName = RoundStep['name'];

/** In the order in which a round goes through them. */
const ORDER: readonly StepName[] = [
  'trained',
  'joined',
  'config',
  'noised',
  'keys',
  'shares',
  'charged',
  'sent',
  'confirmed',
  'unmasked',
  'aggregating',
  'published',
];
/** Those of masks: mode 4 has none. */
const MASKING: ReadonlySet<StepName> = new Set(['keys', 'shares', 'confirmed', 'unmasked']);

/** Why the server gives a whole round up. After anything else the round may have gone on. */
const stopCodes: ReadonlySet<string> = new Set(abortCodes);

interface RoundStepsProps {
  readonly state: EngineState;
  /** Of the federation's policy. */
  readonly mode: number;
}

export function RoundSteps({ state, mode }: RoundStepsProps) {
  const { part } = pagesWords.value;
  const { steps } = state;
  if (steps.length === 0 && !state.consent.send) {
    return <p class="muted">{`${part.roundIdle} ${part.roundFirst}`}</p>;
  }
  if (steps.length === 0 && (state.participation === 'off' || state.participation === 'paused')) {
    return <p class="muted">{part.roundIdle}</p>;
  }
  const done = new Map(steps.map((step) => [step.name, step]));
  const aborted = done.get('aborted');
  const over = aborted !== undefined || done.has('published');
  const order = ORDER.filter((name) => mode !== 4 || !MASKING.has(name) || done.has(name));
  const next = over ? undefined : order.find((name) => !done.has(name));
  const names = aborted === undefined ? order : [...order.filter((name) => done.has(name)), 'aborted' as const];
  return (
    <ol class="steps" data-testid="steps">
      {names.map((name) => {
        const step = done.get(name);
        const stage = name === 'aborted' ? 'aborted' : step !== undefined ? 'done' : name === next ? 'now' : 'next';
        return <Step key={name} name={name} stage={stage} step={step} />;
      })}
    </ol>
  );
}

interface StepProps {
  readonly name: StepName;
  readonly stage: 'done' | 'now' | 'next' | 'aborted';
  readonly step: RoundStep | undefined;
}

function Step({ name, stage, step }: StepProps) {
  const { part } = pagesWords.value;
  const isOut = name === 'aborted' && !stopCodes.has(step?.detail ?? '');
  const [label, about] = isOut ? part.stepOut : part.steps[name];
  const stageWord = { done: part.stepDone, now: part.stepNow, next: part.stepNext, aborted: part.stepDone }[stage];
  return (
    <li
      class={`step step-${stage}`}
      data-testid="step"
      data-step={name}
      data-stage={stage}
      aria-current={stage === 'now' ? 'step' : undefined}
    >
      <span class="step-mark" aria-hidden="true">
        {stage === 'done' && <LaterIcon name="check" />}
        {stage === 'aborted' && <Icon name="x" />}
      </span>
      <div>
        <p class="step-label">
          {label}
          <span class="visually-hidden"> ({stageWord})</span>
          {step !== undefined && (
            <time class="step-time" dateTime={new Date(step.at).toISOString()}>
              {new Intl.DateTimeFormat(LANGUAGE_TAGS[language.value], { timeStyle: 'medium' }).format(step.at)}
            </time>
          )}
        </p>
        <p class="small muted">
          <span class="step-about">{about}</span> {detailText(name, step?.detail)}
        </p>
      </div>
    </li>
  );
}

/** The engine's detail in words: a model version, or why a round stopped. */
function detailText(name: StepName, detail: string | undefined): string {
  const { part } = pagesWords.value;
  if (detail === undefined || detail === '') {
    return '';
  }
  return name === 'published'
    ? `(${part.stepModel(Number(detail))})`
    : name === 'aborted'
      ? (part.aborts[detail] ?? `(${detail})`)
      : `(${detail})`;
}
