/** Every frame that is being filled, or was: how far it is, its variants, what can be done. */
import type { ComponentChildren } from 'preact';
import { hasEnded } from '../../../shared/protocol.ts';
import { Button } from '../../ui/components/controls.tsx';
import { Icon } from '../../ui/components/Icon.tsx';
import { progressLine } from '../../ui/components/job-words.ts';
import { isConnectionError } from '../../ui/models/call-errors.ts';
import { tellError, tellServerError } from '../../ui/text/errors.ts';
import type { Fill } from '../models/fill.ts';
import { useFigma } from './context.ts';
import { fillTitle, obstacleWords } from './fill-words.ts';
import { Restored } from './Restored.tsx';
import { VariantPicker } from './VariantPicker.tsx';

export function Frames() {
  const { fills, words } = useFigma();
  const all = fills.all.value;
  return (
    <div class="window-scroll">
      <Restored />
      {all.length === 0 && <p class="frames-empty secondary">{words.value.frames.empty}</p>}
      <ul class="fills">
        {all.map((fill) => (
          <li key={fill.pending.id}>
            <FillCard fill={fill} />
          </li>
        ))}
      </ul>
      {fills.atWork.value > 0 && <p class="frames-note secondary">{words.value.frames.closeWindow}</p>}
    </div>
  );
}

function FillCard({ fill }: { fill: Fill }) {
  const app = useFigma();
  const words = app.words.value;
  const text = app.text.value;
  const formats = app.formats.value;
  const { state } = fill.state.value;
  const panorama = fill.job.panorama.value;
  const bad = ['unsent', 'unplaced', 'failed', 'gone', 'obstructed', 'lost'].includes(state);
  const id = `fill-${fill.pending.id}`;
  return (
    <article class={`fill ${state}`} aria-labelledby={id}>
      <div class="fill-head">
        <div class="fill-thumb">
          {panorama?.preview ? <img src={panorama.preview} alt="" /> : <Icon name="frame" />}
        </div>
        <div class="fill-facts">
          <h2 id={id} title={fill.pending.name}>
            {fill.pending.name}
          </h2>
          <p class={bad ? 'fill-title bad' : 'fill-title'}>
            {state === 'placed' && <Icon name="check" />}
            <span>{fillTitle(fill, words, text, formats)}</span>
          </p>
          {panorama && state === 'working' && !hasEnded(panorama.status) && (
            <p class="secondary figures">{progressLine(panorama, text, formats)}</p>
          )}
        </div>
      </div>
      <Progress fill={fill} />
      {fill.draftPlaced.value && <p class="secondary">{words.frames.draftPlaced}</p>}
      <Details fill={fill} />
      <Trouble fill={fill} />
      {(state === 'placed' || state === 'placing') && fill.variants.length > 1 && (
        <VariantPicker fill={fill} />
      )}
      <div class="fill-actions">
        <Actions fill={fill} />
      </div>
    </article>
  );
}

function Progress({ fill }: { fill: Fill }) {
  const { words, text, formats } = useFigma();
  if (!fill.atWork.value) return null;
  const { state } = fill.state.value;
  const fraction = state === 'placing' ? 1 : (fill.job.panorama.value?.progress.fraction ?? 0);
  if (state === 'sending') {
    return <div class="sending-line" role="progressbar" aria-label={words.value.frames.sending} />;
  }
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={words.value.frames.progressOf(fill.pending.name)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(fraction * 100)}
      aria-valuetext={`${formats.value.percent(fraction)}, ${fillTitle(fill, words.value, text.value, formats.value)}`}
    >
      <div class="bar-done" style={{ transform: `scaleX(${fraction})` }} />
    </div>
  );
}

/** Why it could not be made again. */
function Trouble({ fill }: { fill: Fill }) {
  const app = useFigma();
  const trouble = app.trouble.value;
  if (trouble?.fill !== fill) return null;
  if (trouble.error === null) {
    return <p class="problem">{app.words.value.frames.obstacles.deleted.title}</p>;
  }
  const { what, next, detail } = tellError(trouble.error, app.text.value);
  return (
    <div class="fill-details">
      {[what, next, detail].map((line) => line !== null && <p key={line}>{line}</p>)}
    </div>
  );
}

/** Why it stands where it stands, and what to do about it. */
function Details({ fill }: { fill: Fill }) {
  const app = useFigma();
  const words = app.words.value;
  const text = app.text.value;
  const state = fill.state.value;
  const lines = (all: readonly (string | null)[]) => (
    <div class="fill-details">{all.map((line) => line !== null && <p key={line}>{line}</p>)}</div>
  );
  switch (state.state) {
    case 'unsent':
    case 'unplaced': {
      const { what, next, detail } = tellError(state.error, text);
      return lines([what, next, detail]);
    }
    case 'failed': {
      const { what, next, detail } = tellServerError(state.error, text);
      return lines([what, next, detail]);
    }
    case 'obstructed': {
      const size = app.formats.value.size(fill.pending.pixels);
      const message = state.obstacle.problem === 'refused' ? state.obstacle.message : null;
      return lines([obstacleWords(state.obstacle, words, app.formats.value, size).text, message]);
    }
    case 'lost': {
      // With the connection comes back what was lost with it; what the server refused does not.
      if (isConnectionError(state.error)) return lines([words.frames.lostNext]);
      const { what, next, detail } = tellError(state.error, text);
      return lines([what, next, detail]);
    }
    case 'gone':
      return lines([words.frames.goneNext]);
    case 'sending':
    case 'working':
    case 'placing':
    case 'placed':
    case 'canceled':
      return null;
    default:
      return state satisfies never;
  }
}

function Actions({ fill }: { fill: Fill }): ComponentChildren {
  const app = useFigma();
  const words = app.words.value.frames.actions;
  const state = fill.state.value;
  const restore = (
    <Button icon="undo" onClick={() => void app.restore(fill.pending.targetId)}>
      {words.restore}
    </Button>
  );
  const retry = <Button onClick={() => void app.retry(fill)}>{words.retry}</Button>;
  const dismiss = (
    <Button kind="quiet" onClick={() => void app.fills.dismiss(fill)}>
      {words.dismiss}
    </Button>
  );
  const layer = (variant: number) => (
    <Button onClick={() => void fill.place(variant, 'layer')}>{words.asLayer}</Button>
  );
  switch (state.state) {
    case 'sending':
    case 'working':
      return <Button onClick={() => void fill.cancel()}>{words.cancel}</Button>;
    case 'placing':
      return null;
    case 'placed':
      return (
        <>
          <Button kind="primary" onClick={() => void app.fills.dismiss(fill)}>
            {words.done}
          </Button>
          <Button icon="again" onClick={() => void app.again(fill)}>
            {words.again}
          </Button>
          {state.nodeId === fill.pending.targetId && restore}
          <Button kind="quiet" onClick={() => void app.main.ask('reveal', { nodeId: state.nodeId })}>
            {words.reveal}
          </Button>
        </>
      );
    case 'obstructed':
      return (
        <>
          {state.obstacle.problem === 'resized' && (
            <Button onClick={() => void app.fit(fill)}>{words.fit}</Button>
          )}
          {state.obstacle.problem === 'locked' && retry}
          {state.obstacle.problem !== 'wrong-size' && layer(state.variant)}
          {dismiss}
        </>
      );
    case 'unsent':
    case 'unplaced':
    case 'lost':
      return (
        <>
          {retry}
          {dismiss}
        </>
      );
    case 'failed':
    case 'canceled':
      return (
        <>
          {retry}
          {fill.draftPlaced.value && restore}
          {dismiss}
        </>
      );
    case 'gone':
      return dismiss;
    default:
      return state satisfies never;
  }
}
