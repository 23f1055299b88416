// Where something is in a document, as problems say it: `$.elements[2]["x y"]`.

/** The step from an object to its member. */
export function memberStep(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** `$.elements[2]["x y"]` → elements, 2, x y */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([, name, index, quoted]) => name ?? (index === undefined ? (JSON.parse(quoted!) as string) : Number(index)),
  );
}
