/** A secret with its value: held in memory, sent to the API server, and never written anywhere else. */
export interface SecretValue {
  readonly id: string;
  readonly value: Uint8Array;
  /** What is masked of it. Default: the value. */
  readonly hidden?: readonly Uint8Array[] | undefined;
}
