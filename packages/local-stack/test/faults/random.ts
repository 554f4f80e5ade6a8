import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export type Random = ReturnType<typeof createRandom>;

/** Chance that a seed repeats. What processes make of it is another matter. */
export function createRandom(seed: number) {
  const generator = xoroshiro128plus(seed);
  const whole = (from: number, to: number) => uniformInt(generator, from, to);
  const oneOf = <T>(choices: readonly T[]): T => choices[whole(0, choices.length - 1)] as T;
  return {
    whole,
    oneOf,
    shuffled: <T>(choices: readonly T[]): T[] => {
      const left = new Set(choices);
      return choices.map(() => {
        const chosen = oneOf([...left]);
        left.delete(chosen);
        return chosen;
      });
    },
  };
}
