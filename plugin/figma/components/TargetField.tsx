/** The frame that is filled, or all of them, with their real pixels and what is special about them. */
import { Button, Notice, Section } from '../../ui/components/controls.tsx';
import { Icon } from '../../ui/components/Icon.tsx';
import type { TargetOption } from '../../messages.ts';
import { useFigma } from './context.ts';

export function TargetField() {
  const { choice, words: dictionary } = useFigma();
  const words = dictionary.value.target;
  const report = choice.report.value;
  if (!report || report.targets.length === 0) return null;
  const { several, targets } = report;
  const count = choice.targets.value.length;
  const chosen = choice.shown.value?.target;
  const instance = choice.targets.value.find(({ target }) => target.instanceOf !== null)?.target.instanceOf;
  const choices = several || targets.length > 1;
  return (
    <Section heading={several ? words.headingMany(count) : words.heading}>
      <ul class="targets" aria-label={words.choose}>
        {(choices ? targets : targets.slice(0, 1)).map((target) => (
          <li key={target.id}>
            {choices ? (
              <label class="target">
                <input
                  type={several ? 'checkbox' : 'radio'}
                  name="target"
                  checked={several ? !choice.isDropped(target.id) : target.id === chosen?.id}
                  aria-label={words.take(target.name)}
                  onChange={() => (several ? choice.toggle(target.id) : choice.chooseTarget(target.id))}
                />
                <TargetLine target={target} />
              </label>
            ) : (
              <div class="target">
                <TargetLine target={target} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {several && count > 1 && <p class="secondary">{words.auto}</p>}
      {instance && <p class="secondary">{words.instance(instance)}</p>}
      <Agreement />
    </Section>
  );
}

function TargetLine({ target }: { target: TargetOption }) {
  const { choice, words: dictionary, formats } = useFigma();
  const words = dictionary.value.target;
  const plan = choice.planOf(target);
  const pixels = formats.value.size(plan.pixels);
  return (
    <>
      <Icon name={target.locked ? 'lock' : 'frame'} />
      <span class="target-name" title={target.name}>
        {target.name}
      </span>
      <span class={`target-size figures${plan.ok ? ' secondary' : ' problem'}`}>
        {plan.ok ? words.pixels(pixels) : words.tooSmall(pixels)}
      </span>
    </>
  );
}

/** Locks and components are asked about first. */
function Agreement() {
  const { choice, words: dictionary } = useFigma();
  const words = dictionary.value.agree;
  const { locked, components } = choice.questions.value;
  if (!choice.mustAgree.value) return null;
  const names = (targets: readonly TargetOption[]) => targets.map(({ name }) => name).join(', ');
  return (
    <Notice
      kind="warning"
      actions={
        <Button
          onClick={() => {
            choice.agreed.value = true;
          }}
        >
          {words.yes}
        </Button>
      }
    >
      {locked.length > 0 && <p>{words.locked(names(locked))}</p>}
      {components.length === 1 && <p>{words.component(names(components))}</p>}
      {components.length > 1 && <p>{words.components(names(components))}</p>}
    </Notice>
  );
}
