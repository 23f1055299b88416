/** The members that have a value. */
export function defined(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present = Object.entries(members).filter((member): member is [string, string] => member[1] !== undefined);
  return Object.fromEntries(present);
}
