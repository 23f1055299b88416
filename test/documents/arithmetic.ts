// The arithmetic that pages show: `a · b + c · d`, with dollars and thousands.

/** Evaluates `a · (b + c) + d`. */
export function evaluate(formula: string): number {
  const flattened = formula.replaceAll(/\(([^()]+)\)/g, (_, inner: string) => String(evaluate(inner)));
  return flattened.split(' + ').reduce((sum, part) => sum + productOf(part), 0);
}

function productOf(text: string): number {
  return text.split(' · ').reduce((product, factor) => product * Number(factor.replaceAll(/[$,]/g, '')), 1);
}

/** Words an amount: `$12.30`, and from a hundred dollars on `$1,234`. */
export function dollars(amount: number): string {
  return amount < 100 ? `$${amount.toFixed(2)}` : `$${Math.round(amount).toLocaleString('en-US')}`;
}

/** Words a number with at most four significant digits below one, and with thousands above. */
export function figure(value: number): string {
  if (value === 0 || Math.abs(value) >= 1) return (Math.round(value * 100) / 100).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}
