def has_majority(nodes: int, cluster_size: int) -> bool:
    """Whether so many nodes are more than half of all. Any two majorities have a node in common.

    Args:
        cluster_size: All nodes, also those that are down or cannot be reached.
    """
    return nodes > cluster_size / 2
