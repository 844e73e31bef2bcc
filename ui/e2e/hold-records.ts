import type { Page } from '@playwright/test';

/** The records of a trace come as late as the test says, by what is returned: the rest of the collector's own answer waits in the page until it is let go. */
export async function holdRecords(page: Page): Promise<() => Promise<void>> {
  await page.addInitScript(() => {
    const real = window.fetch;
    window.fetch = async (...request) => {
      const response = await real(...request);
      if (!String(request[0]).endsWith('/columns') || response.body === null) return response;
      const released = new Promise<void>((resolve) => document.addEventListener('release-records', () => resolve(), { once: true }));
      const lines = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
        new TransformStream<string, string>({
          async transform(text, controller) {
            const at = text.indexOf('{"type":"logs"');
            if (at !== -1) {
              controller.enqueue(text.slice(0, at));
              await released;
            }
            controller.enqueue(at === -1 ? text : text.slice(at));
          },
        }),
      );
      return new Response(lines.pipeThrough(new TextEncoderStream()), response);
    };
  });
  return () => page.evaluate(() => document.dispatchEvent(new Event('release-records'))).then(() => undefined);
}

/** How many views of traces have been worked out for the page, by what is returned. */
export async function countViews(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    let views = 0;
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (!String(url).includes('views-worker')) return;
        this.addEventListener('message', () => {
          views += 1;
          // A turn later than the page hears of it.
          setTimeout(() => document.documentElement.setAttribute('data-views', String(views)));
        });
      }
    };
  });
  return () => page.evaluate(() => Number(document.documentElement.dataset.views ?? 0));
}
