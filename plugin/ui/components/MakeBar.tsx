/** What it will take, and the button that starts it. */
import { Button } from './controls.tsx';
import { useApp } from './context.ts';
import { StartBar } from './StartBar.tsx';

export function MakeBar() {
  const app = useApp();
  const text = app.text.value;
  const { sending, composer, hindrance } = app;
  if (sending.state.value.state === 'sending') {
    return (
      <div class="panel-foot">
        <p class="estimate">{text.make.sending}</p>
        <div class="sending-line" role="progressbar" aria-label={text.make.sending} />
        <Button wide onClick={() => void sending.stop()}>
          {text.make.stopSending}
        </Button>
      </div>
    );
  }
  const count = composer.isDraft.value ? 1 : composer.variants.value;
  const reason = hindrance.value;
  const told = reason === null ? null : text.make[reason];
  return (
    <StartBar reason={told} onStart={() => void app.make()} onHindered={() => app.say(told ?? '')}>
      {count > 1 ? text.make.makeMany(app.formats.value.number(count)) : text.make.make}
    </StartBar>
  );
}
