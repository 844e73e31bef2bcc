import { describe, expect, it } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './read-report.mjs';

const counts = { notes: [] };
const suite = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });
const report = (...testResults: object[]) => JSON.stringify({ testResults });

describe('readVitestReport', () => {
  it('counts what passed, failed and was skipped', () => {
    const text = report(suite('failed', 'passed', 'failed', 'pending'), suite('passed', 'passed', 'todo'));
    expect(readVitestReport(text, 1)).toEqual({ ...counts, passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(readVitestReport(report(suite('failed'), suite('passed', 'passed')), 1)).toEqual({
      ...counts,
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('counts a file whose set-up failed, so that its tests never ran, as a failure', () => {
    expect(readVitestReport(report(suite('failed', 'skipped')), 1)).toEqual({ ...counts, passed: 0, failed: 1, skipped: 1 });
  });

  it('counts an error that no test accounts for', () => {
    expect(readVitestReport(report(suite('passed', 'passed')), 1)).toMatchObject({
      passed: 1,
      failed: 1,
      notes: ['the runner ended with exit code 1'],
    });
  });

  it.each([undefined, '', '{"testRes'])('counts a runner that wrote %o as a failure', (text) => {
    expect(readVitestReport(text, 139)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts a run without a single test as a failure, whatever the exit code', () => {
    expect(readVitestReport(report(), 0)).toMatchObject({ failed: 1, notes: ['no test ran'] });
  });
});

describe('readPlaywrightReport', () => {
  const playwright = (stats: object) => JSON.stringify({ stats });

  it('counts a test that needed a second try as failed', () => {
    expect(readPlaywrightReport(playwright({ expected: 5, unexpected: 1, flaky: 1, skipped: 2 }), 1)).toEqual({
      ...counts,
      passed: 5,
      failed: 2,
      skipped: 2,
    });
  });

  it('counts a browser that did not start as a failure', () => {
    expect(readPlaywrightReport(undefined, 1)).toMatchObject({ passed: 0, failed: 1 });
  });
});
