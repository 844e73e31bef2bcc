import { HttpClient } from './http-client.ts';
import { cpuSeconds } from './process-figures.ts';
import { QUESTION_IDS, type QuestionId } from './questions.ts';
import type { AnswersOf, QuestionFigures } from './results.ts';
import type { Sample } from './samples.ts';
import type { Query, RunningServer } from './servers/server.ts';
import { spreadOf } from './spread.ts';

/** A question that takes longer than this is not asked again. */
const SLOW_MILLIS = 5_000;
/** So long each question is asked before it is measured: a server that has just been started is else compared with one that has worked for minutes. */
const WARM_UP_MILLIS = 300;

/**
 * Asks every question that the server has, one at a time over one open connection: once of each sample and for `WARM_UP_MILLIS` to warm up, then `runs` times,
 * of one sample after the other, so that no server can answer from memory of the very same question alone.
 */
export async function measureQuestions(server: RunningServer, samples: readonly Sample[], runs: number): Promise<AnswersOf> {
  const client = new HttpClient(1);
  const answers: { [Q in QuestionId]?: QuestionFigures } = {};
  for (const question of QUESTION_IDS) {
    const queries = samples.flatMap((sample) => server.ask(question, sample) ?? []);
    if (queries.length > 0) answers[question] = await measureQueries({ client, pid: server.pid }, queries, runs);
  }
  client.close();
  return answers;
}

async function measureQueries(
  { client, pid }: { readonly client: HttpClient; readonly pid: number },
  queries: readonly Query[],
  runs: number,
): Promise<QuestionFigures> {
  let found = 0;
  for (const query of queries) {
    const cpuBefore = cpuSeconds(pid);
    const answer = await askOnce(client, query);
    found = Math.max(found, query.count(answer.text));
    if (answer.millis > SLOW_MILLIS) return { millis: spreadOf([answer.millis]), cpuMillis: (cpuSeconds(pid) - cpuBefore) * 1_000, found };
  }
  const warmAt = performance.now() + WARM_UP_MILLIS;
  for (let run = 0; performance.now() < warmAt; run += 1) {
    const query = queries[run % queries.length];
    if (query !== undefined) await askOnce(client, query);
  }
  const millis: number[] = [];
  const cpuBefore = cpuSeconds(pid);
  for (let run = 0; run < runs; run += 1) {
    const query = queries[run % queries.length];
    if (query !== undefined) millis.push((await askOnce(client, query)).millis);
  }
  return { millis: spreadOf(millis), cpuMillis: ((cpuSeconds(pid) - cpuBefore) / runs) * 1_000, found };
}

async function askOnce(client: HttpClient, query: Query): Promise<{ readonly text: string; readonly millis: number }> {
  const answer = await client.send(query);
  if (answer.status !== 200) throw new Error(`${query.url} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
  return answer;
}
