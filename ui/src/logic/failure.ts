/** What is known of a failure, in a form that every panel can show. */
export interface Failure {
  /** What failed, for a person. */
  readonly message: string;
  /** For the one who is asked for help: code, status, request, place. */
  readonly details: string;
}
