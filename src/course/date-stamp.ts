/** A local date and time for names of files, in order when sorted: `2026-01-31T14-02-11`. */
export function dateStamp(now = new Date()): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(':', '-');
}
