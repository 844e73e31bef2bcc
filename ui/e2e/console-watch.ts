import { test as base, expect } from '@playwright/test';

/** What a page may not say in its console, whatever a test is about. */
const FORBIDDEN = /content security policy|uncaught|unhandled|each child in a list|hydrat/i;

/** Every page is quiet. */
export const test = base.extend<{ readonly watchConsole: undefined }>({
  watchConsole: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (FORBIDDEN.test(message.text())) said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(String(error)));
      await use(undefined);
      expect(said, 'the page’s console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
