from typing import Any


def same_value(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: on every node, whatever language it speaks. (To Python `1 == True`.)"""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
