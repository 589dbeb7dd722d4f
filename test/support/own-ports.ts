/**
 * Test files run side by side, and a port of a node that is dead for a moment is free for everybody: each worker takes
 * ports from a range of its own, and so does every dsc that it starts.
 */
const worker = Number(process.env.VITEST_POOL_ID ?? 1);
const first = 20_000 + ((worker - 1) % 6) * 2_000;
process.env.DSC_PORTS = `${first}-${first + 1_999}`;
