/**
 * An answer other than success, thrown by a handler and sent by the server as
 * `{"error": code, "message": message, ...details}`.
 *
 * A 4xx or 503 promises that nothing happened. A 504 promises nothing: the request may have been carried out.
 */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}
