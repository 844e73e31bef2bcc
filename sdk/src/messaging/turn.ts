/** Cheaper than `queueMicrotask`, which makes a resource for each. */
const SETTLED = Promise.resolve();

let turn = 0;
let isKnown = false;

/** A number that is the same until the running code waits for something, be it for a promise that is settled already. */
export function currentTurn(): number {
  if (isKnown) return turn;
  isKnown = true;
  void SETTLED.then(endTurn);
  return turn;
}

function endTurn(): void {
  isKnown = false;
  turn += 1;
}

/** Whether the code has waited for something since `currentTurn` answered this. */
export function isOver(turnOfThen: number): boolean {
  return turnOfThen !== turn;
}
