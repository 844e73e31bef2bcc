import { templateOfShape } from '../../patterns/shape-text.ts';
import type { TemplateText } from '../../patterns/template-text.ts';
import { NO_TEMPLATE } from '../../patterns/template-text.ts';
import type { Page } from '../reading/page.ts';
import type { RowGroup } from '../segments/segment.ts';
import { noneOf, type RowMask, rowsOfCodes } from './row-mask.ts';

/** What gives the rows of a mask whose template is one of these. Rows of files from before there were templates have none. */
export function rowsOfTemplates(wanted: ReadonlySet<TemplateText>): (page: Page, mask: RowMask) => RowMask {
  let group: RowGroup | undefined;
  let isWanted = new Uint8Array();
  return (page, mask) => {
    const templates = page.templates();
    if (!templates) return wanted.has(NO_TEMPLATE) ? mask : noneOf(mask.length);
    if (page.group !== group) {
      group = page.group;
      isWanted = Uint8Array.from(templates.entries, (shape) => (wanted.has(templateOfShape(shape)) ? 1 : 0));
    }
    return isWanted.includes(1) ? rowsOfCodes(templates.indexes, isWanted, mask) : noneOf(mask.length);
  };
}
