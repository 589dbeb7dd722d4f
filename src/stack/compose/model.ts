/** A service of a Compose file after interpolation, defaults and validation. */
export interface Service {
  name: string;
  /** Absolute context directory; `dockerfile` relative to it. Absent when `image` is given. */
  build?: { context: string; dockerfile: string; args: Record<string, string> };
  image?: string;
  /** Arguments for the image's ENTRYPOINT. */
  command: string[];
  environment: Record<string, string>;
  /** At most one. Host port 0 is any free one. */
  ports: { hostIp: string; host: number; container: number }[];
  volumes: { volume: string; target: string }[];
  tmpfs: string[];
  dependsOn: string[];
  healthcheck?: {
    test: string[];
    intervalMs: number;
    timeoutMs: number;
    retries: number;
    startPeriodMs: number;
  };
  init: boolean;
  readOnly: boolean;
  user?: string;
  capDrop: string[];
  securityOpt: string[];
  memoryBytes?: number;
  pidsLimit?: number;
  stopGraceMs: number;
  profiles: string[];
  labels: Record<string, string>;
}

export interface ComposeModel {
  /** Compose project name: lower case letters, digits, `-` and `_`. */
  project: string;
  /** Absolute path of the Compose file. */
  file: string;
  services: Service[];
  /** Named volumes declared at the top level. */
  volumes: string[];
}
