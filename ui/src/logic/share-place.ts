/** Where the viewer's page has the data; the build of the page and what fills it agree on it. */
export const SHARE_PLACE = '<!--threadline:flow-->';
/** Id of the element that holds it. */
export const SHARE_ELEMENT = 'threadline-flow';
