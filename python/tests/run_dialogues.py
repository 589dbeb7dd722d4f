"""Runs the Raft core on what it reads, one JSON object a line, and answers each line with one: for tests of the twins.

{"start": {"id", "peers", "durable", "maxEntriesPerAppend"}}: a node begins anew; {"input": ...}: a step of it;
{"machine": true}: a state machine begins anew; {"apply": entry}: it applies an entry.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "solutions"))

from consensus.core import Input, step
from consensus.effects import Effects
from consensus.messages import LogEntry, RaftMessage, message_to_wire, parse_message
from consensus.state import DurableState, RaftState, create_state
from consensus.state_machine import StateMachine


def message(wire: dict[str, Any]) -> RaftMessage:
    return parse_message(wire, [wire["from"]], wire["to"])


def read_input(wire: dict[str, Any]) -> Input:
    read = Input(wire["type"], command=wire.get("command"), id=wire.get("id"))
    for name in ("message", "sent"):
        if name in wire:
            setattr(read, name, message(wire[name]))
    return read


def effects_to_wire(effects: Effects) -> dict[str, Any]:
    return {
        "persist": effects.persist,
        "reply": effects.reply and message_to_wire(effects.reply),
        "send": [message_to_wire(sent) for sent in effects.send],
        "resetElectionTimer": effects.reset_election_timer,
        "proposed": effects.proposed and asdict(effects.proposed),
        "apply": [asdict(entry) for entry in effects.apply],
        "reads": [asdict(read) for read in effects.reads],
    }


def state_to_wire(node: RaftState) -> dict[str, Any]:
    return {
        "state": node.state,
        "currentTerm": node.current_term,
        "votedFor": node.voted_for,
        "leader": node.leader,
        "commitIndex": node.commit_index,
        "lastApplied": node.last_applied,
        "log": [[entry.index, entry.term] for entry in node.log],
    }


def main() -> None:
    node = create_state("nobody", [], DurableState(0, None, []))
    machine = StateMachine()
    for line in sys.stdin:
        match json.loads(line):
            case {"start": start}:
                durable = start["durable"]
                log = [LogEntry(**entry) for entry in durable["log"]]
                saved = DurableState(durable["currentTerm"], durable["votedFor"], log)
                node = create_state(start["id"], start["peers"], saved, start["maxEntriesPerAppend"])
                answer: Any = state_to_wire(node)
            case {"input": input}:
                answer = {
                    "effects": effects_to_wire(step(node, read_input(input))),
                    "state": state_to_wire(node),
                }
            case {"machine": True}:
                machine = StateMachine()
                answer = None
            case {"apply": entry}:
                outcome = machine.apply(LogEntry(**entry))
                answer = outcome and asdict(outcome)
        print(json.dumps(answer), flush=True)


main()
