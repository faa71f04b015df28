/** What a panorama was made from. */
import type { ComponentChildren } from 'preact';
import type { Panorama } from '../../../shared/protocol.ts';
import { Section } from './controls.tsx';
import { useApp } from './context.ts';

export function JobFacts({ panorama, name }: { panorama: Panorama; name: string | null }) {
  const { text: words, formats: figures } = useApp();
  const text = words.value;
  const formats = figures.value;
  const { request, image, createdAt, variants } = panorama;
  const { training, anchor, zoom } = request;
  const upscaled = Math.max(1, ...variants.map((variant) => variant.upscaled));
  const overrides = [
    training.epochs !== undefined && `${text.advanced.epochs} ${formats.number(training.epochs)}`,
    training.maxSize !== undefined && text.advanced.pixels(formats.number(training.maxSize)),
    training.optimizer,
    training.learningRate !== undefined && formats.number(training.learningRate, 6),
  ].filter(Boolean);
  const enlarged = upscaled > 1.05 ? `, ${text.job.enlarged(formats.number(upscaled, 1))}` : '';
  return (
    <Section heading={text.facts.heading}>
      <dl class="facts">
        <Fact name={text.facts.frame}>{formats.size(request)}</Fact>
        <Fact name={text.facts.photo}>
          {name !== null && <span class="fact-name">{name}</span>}
          {formats.size(image)}
          {enlarged}
        </Fact>
        <Fact name={text.facts.mode}>{text.mode.names[request.mode]}</Fact>
        {request.mode === 'extend' && (
          <Fact name={text.facts.place}>
            {`${formats.percent(anchor.x)}, ${formats.percent(anchor.y)}${zoom > 1 ? ` · ${formats.number(zoom, 2)}×` : ''}`}
          </Fact>
        )}
        <Fact name={text.facts.preset}>{text.preset.names[request.preset]}</Fact>
        {overrides.length > 0 && <Fact name={text.facts.training}>{overrides.join(', ')}</Fact>}
        <Fact name={text.facts.variants}>{formats.number(request.variants)}</Fact>
        <Fact name={text.facts.seed}>{String(request.seed)}</Fact>
        <Fact name={text.facts.format}>{request.format.toUpperCase()}</Fact>
        <Fact name={text.facts.made}>{formats.moment(new Date(createdAt))}</Fact>
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="figures">{children}</dd>
    </>
  );
}
