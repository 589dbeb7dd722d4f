from collections.abc import Callable

from store.replicated.key_values import Held, KeyValues
from store.replicated.leadership import Leadership
from store.replicated.levels import Level
from store.replicated.quorum import Quorum
from store.replicated.settings import ReplicationSettings
from store.replicated.unavailable import no_quorum


class Reads:
    """Reads keys, with the promise that the client asks for."""

    def __init__(
        self,
        key_values: KeyValues,
        quorum: Quorum,
        settings: ReplicationSettings,
        leadership: Callable[[], Leadership | None],
    ) -> None:
        """`leadership` is that of this node, while it leads."""
        self._key_values = key_values
        self._quorum = quorum
        self._settings = settings
        self._leadership = leadership

    async def read(self, key: str, level: Level, token: int) -> Held | None:
        """Reads a key.

        Args:
            token: Index of the last log entry that the client knows of; only level `session` looks at it.

        Returns:
            None if this node cannot keep the promise: the leader may.

        Raises:
            HttpError: 503 if nobody can, as far as this node knows.
        """
        match level:
            case "eventual":
                return await self.eventual(key)
            case "session":
                return await self.session(key, token)
            case "quorum":
                return await self.quorum(key)
            case "strong":
                return await self.strong(key)

    # ANCHOR: read-eventual
    async def eventual(self, key: str) -> Held:
        """Whatever this node has applied, however old."""
        # @exercise 5 weak-reads
        return self._key_values.get(key)
        # ~ # TODO(session 5): self._key_values has what this node has applied.
        # ~ raise NotImplementedError("not implemented: weak-reads")
        # @end

    # ANCHOR_END: read-eventual

    # ANCHOR: read-session
    async def session(self, key: str, token: int) -> Held | None:
        """Nothing older than what this client has written or read before: waits a while for it."""
        # @exercise 5 weak-reads
        caught_up = await self._key_values.applied.reaches(token, self._settings.session_wait_ms)
        return self._key_values.get(key) if caught_up else None
        # ~ # TODO(session 5): wait until self._key_values.applied reaches the token, for SESSION_WAIT_MS at most.
        # ~ # If it does not, leave the read to the leader: return None.
        # ~ raise NotImplementedError("not implemented: weak-reads")
        # @end

    # ANCHOR_END: read-session

    # ANCHOR: read-quorum
    async def quorum(self, key: str) -> Held:
        """Nothing older than any write that was acknowledged before, without asking the leader: of any majority one
        node has that write in its log. It need not have applied it. (Charapko and others, Linearizable Quorum Reads in
        Paxos, 2019)
        """
        index = await self._quorum.last_log_index()
        if not await self._key_values.applied.reaches(index, self._settings.request_timeout_ms):
            raise no_quorum(f"A majority knows of entry {index}, and it was not committed here in time.")
        return self._key_values.get(key)

    # ANCHOR_END: read-quorum

    # ANCHOR: read-strong
    async def strong(self, key: str) -> Held | None:
        """As if there were only one copy: nothing older than any write that was acknowledged before the read came."""
        # @exercise 5 strong-read
        leadership = self._leadership()
        if leadership is None:
            return None
        if not await leadership.is_ready():
            raise no_quorum("This leader does not know yet what earlier ones promised.")
        index = self._key_values.commit_index
        if not await leadership.confirm():
            raise no_quorum("No majority confirms that this node still leads.")
        await self._key_values.applied.reaches(index, self._settings.request_timeout_ms)
        return self._key_values.get(key)
        # ~ # TODO(session 5): only a leader can answer: self._leadership() is None elsewhere. It must be ready: know
        # ~ # what earlier leaders have promised. And it must be leader still, not only believe so: have a majority
        # ~ # confirm it. Where one of the two fails, raise no_quorum.
        # ~ raise NotImplementedError("not implemented: strong-read")
        # @end

    # ANCHOR_END: read-strong
