/** How servers deal with each other: they are patient, and mend soon what was cut. */
const between = {
  PUBLISH_TIMEOUT_MS: '3000',
  SUBSCRIBE_MS: '300',
} as const;

/** Heartbeats are slow and silence is forgiven: for checks in which nothing must happen by time alone. */
export const calm = {
  HEARTBEAT_MS: '1000',
  PRESENCE_TIMEOUT_MS: '60000',
  ...between,
} as const;

/** Servers notice soon that they cannot reach each other. */
export const brisk = {
  ...calm,
  PUBLISH_TIMEOUT_MS: '600',
} as const;

/** Whoever is silent is soon given up. */
export const attentive = {
  HEARTBEAT_MS: '100',
  PRESENCE_TIMEOUT_MS: '1000',
  ...between,
} as const;

/** Nobody reads too slowly, and servers wait long for each other: for what goes on while a history is on its way. */
export const roomy = {
  ...calm,
  MAX_BUFFER_BYTES: '67108864',
  PUBLISH_TIMEOUT_MS: '10000',
} as const;
