"""Broken bodies of all formats, metadata and batches raise nothing but ``ODataError``: the small version of the command."""

from corpus.mutations import own_seeds, run


def test_broken_bodies_are_read_or_refused() -> None:
    outcomes = run(400, 1, own_seeds())
    assert sum(outcomes.values()) == 400
    kinds = {name.partition(":")[0] for name in outcomes}
    assert kinds == {"metadata", "payload", "batch"}
    assert outcomes["payload: read"] > 20
