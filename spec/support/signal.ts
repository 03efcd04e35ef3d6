export interface Signal {
  readonly raised: Promise<void>
  raise(): void
}

/** Lets one side of a spec wait for the other. */
export function signal(): Signal {
  let raise: () => void = () => {}
  const raised = new Promise<void>((resolve) => {
    raise = resolve
  })
  return { raised, raise: () => raise() }
}
