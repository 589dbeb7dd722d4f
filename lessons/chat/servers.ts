export const SERVERS = ['chat1', 'chat2'] as const;
export type Server = (typeof SERVERS)[number];

export function otherThan(server: Server): Server {
  return server === 'chat1' ? 'chat2' : 'chat1';
}
