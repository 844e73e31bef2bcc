import { describe, expect, it } from 'vitest';
import { ProgressWatch } from './progress-watch.ts';

describe('the progress of a bench', () => {
  it('is told every fifteen seconds, not each time that it is noted', () => {
    let now = 0;
    const lines: string[] = [];
    const watch = new ProgressWatch(
      (line) => lines.push(line),
      () => now,
    );
    for (let left = 100; left > 0; left -= 1, now += 1_000) watch.note(left, `${left} wait`);
    expect(lines).toEqual(['  85 wait', '  70 wait', '  55 wait', '  40 wait', '  25 wait', '  10 wait']);
  });

  it('ends the bench when nothing has moved for three minutes, however long it takes in all', () => {
    let now = 0;
    const watch = new ProgressWatch(
      () => undefined,
      () => now,
    );
    for (let left = 10; left > 5; left -= 1, now += 170_000) watch.note(left, `${left} wait`);
    now += 9_999;
    watch.note(6, '6 wait');
    now += 1;
    expect(() => watch.note(6, '6 wait')).toThrow('no progress for 180 s: 6 wait');
  });
});
