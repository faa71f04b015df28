/** A button that opens the system's chooser of files. */
import { useRef } from 'preact/hooks';
import { ACCEPTED_TYPES } from '../photo-file.ts';
import { Button } from './controls.tsx';
import { useApp } from './context.ts';
import type { IconName } from './Icon.tsx';

interface FileButtonProps {
  readonly children: string;
  readonly kind?: 'primary' | 'plain' | 'quiet';
  readonly icon?: IconName;
  readonly describedBy?: string;
}

export function FileButton({ children, kind = 'plain', icon, describedBy }: FileButtonProps) {
  const { photo } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const onChange = () => {
    const file = input.current?.files?.[0];
    if (file) void photo.choose({ blob: file, name: file.name });
    // So that the same file can be chosen again after it was changed.
    if (input.current) input.current.value = '';
  };
  return (
    <>
      <input ref={input} type="file" accept={ACCEPTED_TYPES} hidden onChange={onChange} />
      <Button
        kind={kind}
        {...(icon && { icon })}
        {...(describedBy !== undefined && { describedBy })}
        onClick={() => input.current?.click()}
      >
        {children}
      </Button>
    </>
  );
}
