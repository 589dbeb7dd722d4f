import asyncio
import random
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from consensus.core import Input, step
from consensus.effects import Effects

from consensus.messages import Command, LogEntry, RaftMessage

from consensus.settings import RaftSettings
from consensus.state import RaftState

from consensus.state_machine import StateMachine

from consensus.storage import RaftStorage

from consensus.waiting_clients import Committed, WaitingClients

from shared.rpc_client import NoAnswer
from shared.trace import Trace


@dataclass(slots=True)
class _Arrival:
    """An input that waits for its turn, and who waits for its effects."""

    input: Input
    carried_out: Callable[[Effects], None]
    failed: Callable[[Exception], None]


class Shell:
    """What surrounds the core: clock, network, disk and chance. It brings the core its inputs and carries its effects
    out.
    """

    def __init__(
        self,
        node: RaftState,
        storage: RaftStorage,
        send: Callable[[RaftMessage], Awaitable[RaftMessage]],
        settings: RaftSettings,
        trace: Trace,
    ) -> None:
        """`send` asks another node, and returns its answer or raises NoAnswer."""
        # The core's state: to be looked at, not to be changed.
        self.node = node
        self._storage = storage
        self._send = send
        self._settings = settings
        self._trace = trace
        self.state_machine = StateMachine()
        self._reads: dict[int, asyncio.Future[bool]] = {}
        self._last_read_id = 0
        self._clients = WaitingClients(settings.request_timeout_ms)
        self._arrivals: list[_Arrival] = []
        self._working = False
        self._stopped = False
        self._election_timer: asyncio.TimerHandle | None = None
        self._next_heartbeat: asyncio.TimerHandle | None = None
        # A task that nobody holds may vanish before it is done.
        self._tasks: set[asyncio.Task[None]] = set()
        self._traced: tuple[str, int, str | None] | None = None

    def start(self) -> None:
        """Waits for a leader."""
        self._wait_for_leader()
        self._beat()

    def stop(self) -> None:
        self._stopped = True
        for timer in (self._election_timer, self._next_heartbeat):
            if timer is not None:
                timer.cancel()

    async def receive(self, message: RaftMessage) -> RaftMessage | None:
        """Takes in a message from another node, and gives the answer to it."""
        effects = await self._effects_of(Input("request", message=message))
        return effects.reply

    async def propose(self, command: Command) -> Committed | None:
        """Has a command written to the log, and waits until it is committed and applied.

        Returns:
            None if this node does not lead: nothing has happened.

        Raises:
            HttpError: 504 `timeout` if the command may be lost, or may not.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[asyncio.Future[Committed] | None] = loop.create_future()

        def carried_out(effects: Effects) -> None:
            entry = effects.proposed
            _settle(waiting, None if entry is None else self._clients.wait_for(entry))

        self._arrive(Input("propose", command=command), carried_out, lambda error: _fail(waiting, error))
        committed = await waiting
        return None if committed is None else await committed

    async def confirm_read(self) -> bool:
        """Whether the state machine may be read now: as if there were only one copy. False if this node cannot know."""
        self._last_read_id += 1
        id = self._last_read_id
        confirmed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._reads[id] = confirmed
        self._arrive(Input("read", id=id), lambda _: None, lambda error: _fail(confirmed, error))
        try:
            async with asyncio.timeout(self._settings.request_timeout_ms / 1000):
                return await confirmed
        except TimeoutError:
            return False
        finally:
            del self._reads[id]

    async def sync(self) -> None:
        """Returns when all that the state shows now is on disk."""
        await self._storage.sync()

    async def _effects_of(self, input: Input) -> Effects:
        future: asyncio.Future[Effects] = asyncio.get_running_loop().create_future()
        carried_out = lambda effects: _settle(future, effects)  # noqa: E731
        self._arrive(input, carried_out, lambda error: _fail(future, error))
        return await future

    def _arrive(
        self, input: Input, carried_out: Callable[[Effects], None], failed: Callable[[Exception], None]
    ) -> None:
        if self._stopped:
            return
        self._arrivals.append(_Arrival(input, carried_out, failed))
        if not self._working:
            self._working = True
            self._in_background(self._work())

    def _happened(self, input: Input) -> None:
        """Something happens without anybody waiting for it."""
        self._arrive(input, lambda _: None, _print_error)

    async def _work(self) -> None:
        """Takes what has arrived to the core, and carries the effects out: what must be on disk first. Whatever arrives
        while the disk is at work comes next, all together: one wait for the disk is enough for it.
        """
        while self._arrivals:
            arrivals, self._arrivals = self._arrivals, []
            steps = [(arrival, effects) for arrival in arrivals if (effects := self._step(arrival))]
            if any(effects.persist for _, effects in steps):
                self._storage.save(self.node)
            await self._storage.sync()
            for arrival, effects in steps:
                self._carry_out(arrival, effects)
            if self.node.state != "leader":
                self._clients.abandon()
            self._trace_state()
        self._working = False

    def _carry_out(self, arrival: _Arrival, effects: Effects) -> None:
        arrival.carried_out(effects)
        for message in effects.send:
            self._in_background(self._ask(message))
        if effects.reset_election_timer:
            self._wait_for_leader()
        for entry in effects.apply:
            self._apply(entry)
        for read in effects.reads:
            if read.id in self._reads:
                _settle(self._reads[read.id], read.confirmed)

    def _step(self, arrival: _Arrival) -> Effects | None:
        try:
            return step(self.node, arrival.input)
        except Exception as error:
            if arrival.input.type == "electionTimeout":
                self._wait_for_leader()
            arrival.failed(error)
            return None

    async def _ask(self, message: RaftMessage) -> None:
        """A message that gets no answer is not sent again: the next heartbeat, or the next election, says it anew."""
        try:
            answer = await self._send(message)
        except NoAnswer:
            return
        self._happened(Input("response", sent=message, message=answer))

    def _wait_for_leader(self) -> None:
        """Waits for a leader, once more from the beginning. The time is a random one: seldom do two nodes stand at
        once.
        """
        if self._election_timer is not None:
            self._election_timer.cancel()
        if self._stopped:
            return
        timeout_ms = random.uniform(self._settings.election_min_ms, self._settings.election_max_ms)
        loop = asyncio.get_running_loop()
        timed_out = Input("electionTimeout")
        self._election_timer = loop.call_later(timeout_ms / 1000, lambda: self._happened(timed_out))

    def _beat(self) -> None:
        if self.node.state == "leader":
            self._happened(Input("heartbeatTimeout"))
        loop = asyncio.get_running_loop()
        self._next_heartbeat = loop.call_later(self._settings.heartbeat_ms / 1000, self._beat)

    def _apply(self, entry: LogEntry) -> None:
        self._trace.event("apply", {"index": entry.index, "term": entry.term})
        try:
            outcome = self.state_machine.apply(entry)
            if outcome is not None:
                self._clients.committed(Committed(entry.index, entry.term, outcome))
        except Exception as error:
            _print_error(error)
            self._clients.failed(entry.index, error)

    def _trace_state(self) -> None:
        seen = (self.node.state, self.node.current_term, self.node.leader)
        if seen == self._traced:
            return
        self._traced = seen
        role, term, leader = seen
        self._trace.event("state", {"role": role, "term": term, "leader": leader})

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _settle(future: asyncio.Future[Any], value: Any) -> None:
    """A client that has hung up waits for nothing any more."""
    if not future.done():
        future.set_result(value)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _print_error(error: Exception) -> None:
    traceback.print_exception(error, file=sys.stderr)
