import type { ErrorsRequest, ErrorsResult, OtherErrors } from '../../errors/errors.ts';
import type { ReadScope } from './read-scope.ts';

/** Of all records that were there when the read started. Only the thread that keeps the errors can be asked. */
export function readErrors(scope: ReadScope, request: ErrorsRequest): ErrorsResult {
  return keptBy(scope).read(request, scope.tenant, scope.check);
}

export function readOtherErrors(scope: ReadScope, _nothing: undefined): OtherErrors[] {
  return keptBy(scope)
    .others()
    .filter(({ tenant }) => tenant === scope.tenant);
}

function keptBy({ errors }: ReadScope): NonNullable<ReadScope['errors']> {
  if (!errors) throw new Error('this thread keeps no errors');
  return errors;
}
