/**
 * Returns a name with its ASCII capitals as small letters, as SQL engines and HTTP fold names. Every other character
 * stays: Unicode's own folding takes the Kelvin sign (U+212A) for a k, and would so take one user for another.
 */
export function foldCase(name: string): string {
  return /[A-Z]/.test(name) ? lowered(name) : name;
}

function lowered(name: string): string {
  return name.replaceAll(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}
