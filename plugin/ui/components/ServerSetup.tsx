/** Naming a server: its address and token, whether it can be reached, and if not, why and what to do. */
import { useId, useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import type { CheckResult } from '../models/connection-check.ts';
import type { ServerSetup as SetupModel } from '../models/server-setup.ts';
import { setupTextOf, type SetupText } from '../text/server-setup.ts';
import { useInterface } from './context.ts';
import { Button } from './controls.tsx';
import { Icon } from './Icon.tsx';
import { adviceFor, piecesOf, STEPS, type AdviceKey } from './setup-advice.ts';

interface ServerSetupProps {
  readonly setup: SetupModel;
  /** The server is ready and taken up. */
  readonly onDone?: () => void;
}

function useSetupText(): SetupText {
  return setupTextOf(useInterface().preferences.language.value);
}

const ADDRESS_ADVICE: ReadonlySet<AdviceKey> = new Set(['empty', 'malformed', 'scheme', 'credentials']);
const TOKEN_ADVICE: ReadonlySet<AdviceKey> = new Set(['missing', 'wrong']);

export function ServerSetup({ setup, onDone }: ServerSetupProps) {
  const text = useSetupText();
  const id = useId();
  const checking = setup.checking.value;
  const result = setup.result.value;
  const shown = setup.tokenShown.value;
  const advice = result && adviceFor(result.finding);
  const wrongAddress = advice !== null && ADDRESS_ADVICE.has(advice);
  const wrongToken = advice !== null && TOKEN_ADVICE.has(advice);
  const save = (saving: Promise<boolean>) => {
    void saving.then((ready) => {
      if (ready) onDone?.();
    });
  };
  // No form: a frame like Figma's may not be allowed to submit one.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.isComposing) save(setup.save());
  };
  return (
    <div class="server-setup">
      <p class="setup-intro">{text.intro}</p>
      <label class="stacked">
        <span class="label">{text.address}</span>
        <span class={`input${wrongAddress ? ' wrong' : ''}`}>
          <input
            type="text"
            inputMode="url"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder="http://localhost:8787"
            readOnly={setup.server !== null}
            value={setup.address.value}
            aria-invalid={wrongAddress}
            aria-describedby={wrongAddress ? `${id}-result` : undefined}
            onInput={(event) => {
              setup.typeAddress(event.currentTarget.value);
              if (event.inputType === 'insertFromPaste') setup.tidy();
            }}
            onBlur={() => setup.tidy()}
            onKeyDown={onKeyDown}
          />
        </span>
      </label>
      <div>
        <label class="label" for={`${id}-token`}>
          {text.token}
        </label>
        <span class={`input${wrongToken ? ' wrong' : ''}`}>
          <input
            id={`${id}-token`}
            {...(shown ? { type: 'text' } : { type: 'password' })}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={setup.token.value}
            aria-invalid={wrongToken}
            aria-describedby={wrongToken ? `${id}-result` : `${id}-hint`}
            onInput={(event) => setup.typeToken(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <button
            type="button"
            class="link"
            aria-controls={`${id}-token`}
            aria-label={`${text.token}: ${shown ? text.hide : text.show}`}
            onClick={() => setup.toggleToken()}
          >
            {shown ? text.hide : text.show}
          </button>
        </span>
        <p class="setup-hint" id={`${id}-hint`}>
          {text.tokenHint}
        </p>
      </div>
      <Button kind="primary" wide onClick={() => save(setup.save())}>
        {checking ? text.checking : advice ? text.retry : text.check}
      </Button>
      <div id={`${id}-result`} role="status">
        {result && !checking && (
          <Result
            result={result}
            advice={advice}
            setup={setup}
            onUse={(address) => save(setup.saveAt(address))}
          />
        )}
      </div>
    </div>
  );
}

interface ResultProps {
  readonly result: CheckResult;
  readonly advice: AdviceKey | null;
  readonly setup: SetupModel;
  readonly onUse: (address: string) => void;
}

function Result({ result, advice, setup, onUse }: ResultProps) {
  const text = useSetupText();
  const { finding, also, suggestion } = result;
  if (advice === null) {
    return (
      <p class="setup-ready">
        <Icon name="check" />
        <span>{finding.cause === 'ready' && text.ready(finding.info.device)}</span>
      </p>
    );
  }
  const [title, what] = text.advice[advice];
  return (
    <div class="notice error">
      <Icon name="warning" />
      <div class="notice-text">
        <p class="notice-title">
          <Line line={title} result={result} />
        </p>
        <p>
          <Line line={what} result={result} />
        </p>
        {suggestion !== null && setup.server === null && (
          <div class="setup-suggestion">
            <p>{text.found}</p>
            <Button kind="primary" wide onClick={() => onUse(suggestion)}>
              {text.use(suggestion)}
            </Button>
          </div>
        )}
        <ol class="setup-steps">
          {STEPS[advice].map((step) => (
            <li key={step}>
              <Line line={text.steps[step]} result={result} />
            </li>
          ))}
        </ol>
        {also.length > 0 && (
          <>
            <p>{text.also}</p>
            <ul class="setup-also">
              {also.map((cause) => (
                <li key={cause}>{text.alsoCauses[cause]}</li>
              ))}
            </ul>
          </>
        )}
        <CopyReport setup={setup} />
      </div>
    </div>
  );
}

function Line({ line, result }: { line: string; result: CheckResult }) {
  const { formats } = useInterface();
  const pieces = piecesOf(line, result, useSetupText(), formats.value);
  return <>{pieces.map((piece) => ('code' in piece ? <code>{piece.code}</code> : piece.text))}</>;
}

/** The report for whoever is asked for help. Where nothing may be copied, it is shown to be selected. */
function CopyReport({ setup }: { setup: SetupModel }) {
  const text = useSetupText();
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <div class="notice-actions">
      <Button onClick={() => void copyText(document, setup.report()).then(setCopied)}>{text.copy}</Button>
      {copied === true && <p class="setup-hint">{text.copied}</p>}
      {copied === false && (
        <label class="stacked">
          <span class="label">{text.copyFailed}</span>
          <textarea class="setup-report" readOnly rows={6} value={setup.report()} />
        </label>
      )}
    </div>
  );
}
