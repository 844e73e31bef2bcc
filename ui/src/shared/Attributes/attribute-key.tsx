import { Fragment } from 'react';
import { showControls } from '../../logic/control-characters.ts';

/** A key that may break behind its dots, slashes and underscores before it breaks anywhere else. */
export function AttributeKey({ name }: { readonly name: string }) {
  return showControls(name)
    .split(/(?<=[._/])/)
    .map((part, index) => (
      <Fragment key={index}>
        {part}
        <wbr />
      </Fragment>
    ));
}
