/**
 * What strength of evidence means as a probability: of a hundred issues with confidence 0.8, about eighty should be of the
 * type that was said. Fitted on the tuning part of the labelled set (test/classify/calibration.test.ts fits it anew and
 * compares; `npm run bench -- classify` shows how it holds on the part that nothing was tuned on). Between two rows the
 * value is interpolated.
 */
export const CALIBRATION: readonly (readonly [strength: number, confidence: number])[] = [
  [0, 0],
  [0.25, 0.25],
  [0.35, 0.4],
  [0.45, 0.54],
  [0.55, 0.62],
  [0.65, 0.78],
  [0.75, 0.83],
  [0.85, 0.91],
  [0.95, 0.96],
  [1, 0.97],
]

/** Monotone: more evidence never means less confidence. */
export function calibrated(strength: number): number {
  for (const [n, [right, high]] of CALIBRATION.entries()) {
    if (strength > right) continue
    const [left, low] = CALIBRATION[n - 1] ?? [0, 0]
    const share = right === left ? 1 : (strength - left) / (right - left)
    return Math.round((low + (high - low) * share) * 100) / 100
  }
  return CALIBRATION.at(-1)?.[1] ?? 1
}
