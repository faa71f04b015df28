/** Small controls that know nothing of panoramas. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { NumberField } from '../models/fields.ts';
import { Icon, type IconName } from './Icon.tsx';

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  /** Needed where there are no children. */
  readonly label?: string;
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly type?: 'button' | 'submit';
  readonly wide?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly describedBy?: string;
  readonly onClick?: () => void;
}

export function Button(props: ButtonProps) {
  const {
    children,
    icon,
    label,
    kind = 'plain',
    type = 'button',
    wide,
    disabled,
    pressed,
    describedBy,
  } = props;
  return (
    <button
      type={type}
      class={`button ${kind}${wide ? ' wide' : ''}${children ? '' : ' icon-only'}`}
      disabled={disabled}
      aria-label={label}
      title={children ? undefined : label}
      aria-pressed={pressed}
      aria-describedby={describedBy}
      onClick={props.onClick}
    >
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  );
}

interface NumberInputProps {
  readonly field: NumberField;
  readonly label: string;
  /** Shown inside, before the number. */
  readonly prefix?: string;
  readonly placeholder?: string;
  /** Said when the number is missing or wrong. */
  readonly problem: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  /** What the up and down keys add, ten times that with Shift; none where it is left out. */
  readonly step?: number;
}

export function NumberInput(props: NumberInputProps) {
  const { field, label, prefix, placeholder, problem, required = false, disabled, step } = props;
  const id = useId();
  const { state } = field.value.value;
  const wrong = !disabled && (state === 'wrong' || (required && state === 'empty'));
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0 || step === undefined) return;
    event.preventDefault();
    field.step(direction * step * (event.shiftKey ? 10 : 1), field.rule.min);
  };
  return (
    <div class="number">
      <label class={prefix === undefined ? 'label' : 'visually-hidden'} for={id}>
        {label}
      </label>
      <div class={`input${wrong ? ' wrong' : ''}`}>
        {prefix !== undefined && (
          <span class="prefix" aria-hidden="true">
            {prefix}
          </span>
        )}
        <input
          id={id}
          type="text"
          inputMode={field.rule.whole ? 'numeric' : 'decimal'}
          autocomplete="off"
          spellcheck={false}
          value={field.text.value}
          placeholder={placeholder}
          disabled={disabled}
          aria-invalid={wrong}
          aria-describedby={wrong ? `${id}-problem` : undefined}
          onInput={(event) => field.type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {wrong && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

interface SegmentsProps<T extends string | number> {
  readonly legend: string;
  readonly hideLegend?: boolean;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly disabled?: boolean;
  readonly onChange: (value: T) => void;
}

/** A row of choices of which one holds. */
export function Segments<T extends string | number>(props: SegmentsProps<T>) {
  const { legend, hideLegend, options, value, disabled, onChange } = props;
  const name = useId();
  return (
    <fieldset class="segments" disabled={disabled}>
      <legend class={hideLegend ? 'visually-hidden' : 'label'}>{legend}</legend>
      <div class="segment-row">
        {options.map((option) => (
          <label key={option.value} class="segment">
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SelectProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly value: string;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
  readonly children: ComponentChildren;
}

export function Select({ label, hideLabel, value, disabled, onChange, children }: SelectProps) {
  const id = useId();
  return (
    <div class="select-field">
      <label class={hideLabel ? 'visually-hidden' : 'label'} for={id}>
        {label}
      </label>
      <div class="input select">
        <select
          id={id}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {children}
        </select>
        <Icon name="chevron" />
      </div>
    </div>
  );
}

/** A part of the settings under its heading. */
export function Section({ heading, children }: { heading: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <h2 id={id}>{heading}</h2>
      {children}
    </section>
  );
}

interface NoticeProps {
  readonly kind: 'info' | 'warning' | 'error';
  readonly title?: string;
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** Something to know, in place. */
export function Notice({ kind, title, children, actions }: NoticeProps) {
  return (
    <div class={`notice ${kind}`}>
      <Icon name={kind === 'info' ? 'clock' : 'warning'} />
      <div class="notice-text">
        {title && <p class="notice-title">{title}</p>}
        {children}
        {actions && <div class="notice-actions">{actions}</div>}
      </div>
    </div>
  );
}
