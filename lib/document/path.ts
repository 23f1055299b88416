// Paths into a document, as problems write them: `$.elements[2]["x y"]`.

/** Writes the step from an object to its member. */
export function memberStep(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Splits a path into steps: `$.elements[2]["x y"]` → `elements`, `2`, `x y`. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([, name, index, quoted]) => name ?? (index === undefined ? (JSON.parse(quoted!) as string) : Number(index)),
  );
}
