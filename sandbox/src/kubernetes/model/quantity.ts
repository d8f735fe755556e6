/** Quantities (`500m`, `2Gi`, `1e3`) as numbers, and back; k8s.io/apimachinery/pkg/api/resource. */

const binary: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 };
const decimal: Record<string, number> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };

/** The number that a quantity stands for; NaN for what is none. */
export function quantity(text: string | number | undefined): number {
  const [, digits, suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(String(text ?? '0')) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (binary[suffix] ?? decimal[suffix] ?? Number.NaN);
}

/** The canonical text of a number: whole with the largest suffix that fits, else in thousandths. */
export function quantityText(value: number, like = ''): string {
  if (!Number.isInteger(value)) return `${Math.round(value * 1000)}m`;
  const sizes = /[KMGTPE]i$/.test(like) ? Object.entries(binary) : [];
  const [suffix, size] = sizes.reverse().find(([, one]) => value !== 0 && value % one === 0) ?? ['', 1];
  return `${value / size}${suffix}`;
}
