type Palette = Readonly<Record<'paper' | 'ink' | 'dim' | 'track' | 'out' | 'in' | 'no', string>>

const light: Palette = {
  paper: '#ffffff',
  ink: '#1f2328',
  dim: '#59636e',
  track: '#e7ebef',
  out: '#0969da',
  in: '#1a7f37',
  no: '#cf222e',
}

const dark: Palette = {
  paper: '#0d1117',
  ink: '#f0f6fc',
  dim: '#9198a1',
  track: '#21262d',
  out: '#4493f8',
  in: '#3fb950',
  no: '#f85149',
}

/** Colours as plain rules: not all that draws SVG knows custom properties. */
function colours({ paper, ink, dim, track, out, in: answer, no }: Palette): string {
  const rules: Record<string, string> = {
    '.paper': `fill: ${paper}`,
    text: `fill: ${ink}`,
    '.url, .fact, .at': `fill: ${dim}`,
    '.track': `fill: ${track}`,
    '.head, .content': `fill: ${out}`,
    '.interim, .final': `fill: ${answer}`,
    '.refusal, .broken': `fill: ${no}`,
    '.wait, .delay': `fill: ${dim}; fill-opacity: 0.3; stroke: ${dim}`,
    '.unsent': `fill: none; stroke: ${dim}`,
  }
  return Object.entries(rules)
    .map(([names, rule]) => `${scoped(names)} { ${rule} }`)
    .join('\n')
}

/** In a page, the styles of a picture hold for all of it. */
function scoped(names: string): string {
  return names
    .split(', ')
    .map((name) => `.expect-timeline ${name}`)
    .join(', ')
}

export const styleSheet: string = `
.expect-timeline { color-scheme: light dark }
.expect-timeline text { font: 13px system-ui, sans-serif; stroke: none }
.expect-timeline .headline { font-size: 15px; font-weight: 600 }
.expect-timeline .lane { font-weight: 600 }
.expect-timeline .at { font-variant-numeric: tabular-nums }
.expect-timeline .at, .expect-timeline .fact { text-anchor: end }
.expect-timeline .wait, .expect-timeline .delay, .expect-timeline .unsent { stroke-dasharray: 3 3 }
${colours(light)}
@media (prefers-color-scheme: dark) {
${colours(dark)}
}
`
