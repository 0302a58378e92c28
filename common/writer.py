"""Taught in lesson 11.

The one thread that writes: it commits in groups, so the loop never waits for the disk.
"""

import itertools
import logging
import queue
import threading
from collections import deque

from common.records import StorageError, StorageUnavailable

GROUP = 1000  # effects in one transaction
MOST = 5000  # effects under way; then the shell stops reading until there are fewer
PATIENCE = 10  # seconds that the last commits may take

logger = logging.getLogger("messenger.writer")


class Writer:
    """Carries out effects in a thread of its own; all that has gathered shares one commit.

    After each commit the thread calls `wake()`, which must not raise; then the shell takes what
    `results()` yields. An effect that failed has a StorageError as its result. Only the shell's
    thread may call put and results.
    """

    def __init__(self, storage, wake):
        self.backlog = 0  # effects whose results have not been taken
        self._storage = storage
        self._wake = wake
        self._effects = queue.SimpleQueue()
        self._results = deque()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    @property
    def full(self):
        """Tell whether so much waits for the disk that nobody should be read for a while."""
        return self.backlog >= MOST

    def put(self, effect):
        """Let an effect be carried out."""
        self.backlog += 1
        self._effects.put(effect)

    def results(self):
        """Yield each effect that has been carried out, and its result."""
        while self._results:
            self.backlog -= 1
            yield self._results.popleft()

    def close(self, patience=PATIENCE):
        """Carry out what was put, and end; tell whether all was done in time."""
        self._effects.put(None)
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _work(self):
        """Carry out one group after the other, until None says that there are no more."""
        more = True
        while more:
            group = self._gather()
            more = group[-1] is not None
            if effects := group if more else group[:-1]:
                self._results.extend(self._carry_out(effects))
                self._wake()

    def _gather(self):
        """Wait for an effect, and return it with all that came meanwhile; None ends a group."""
        group = [self._effects.get()]
        while group[-1] is not None and len(group) < GROUP:
            try:
                group.append(self._effects.get_nowait())
            except queue.Empty:
                break
        return group

    def _carry_out(self, effects):
        """Return pairs of effect and result; what they did is committed when this returns."""
        try:
            return self._commit(effects)
        except Exception as error:  # our own mistakes too: nobody waits in vain for an answer
            if len(effects) == 1 or isinstance(error, StorageUnavailable):
                return fail(effects, error)
        return self._carry_out_one_by_one(effects)

    def _carry_out_one_by_one(self, effects):
        """Give each effect its own transaction, so that a bad one does not take others along."""
        pairs = []
        for effect in effects:
            pairs += self._carry_out([effect])
            if isinstance(pairs[-1][1], StorageUnavailable):  # each of the others would wait too
                return pairs + [(other, pairs[-1][1]) for other in effects[len(pairs) :]]
        return pairs

    def _commit(self, effects):
        """Carry out effects in one transaction."""
        with self._storage.transaction():
            runs = itertools.groupby(effects, key=lambda effect: effect.verb)
            return [pair for verb, run in runs for pair in self._call(verb, list(run))]

    def _call(self, verb, effects):
        """Carry out effects of one verb; all their messages are kept at once."""
        method = getattr(self._storage, verb)
        if verb != "keep_messages":
            return [(effect, method(*effect.arguments)) for effect in effects]
        lists = [effect.arguments[0] for effect in effects]
        kept = iter(method([message for messages in lists for message in messages]))
        shares = [list(itertools.islice(kept, len(messages))) for messages in lists]
        return list(zip(effects, shares, strict=True))


def fail(effects, error):
    """Return the pairs of effects that have failed; what is no StorageError is our mistake."""
    if isinstance(error, StorageError):
        logger.error("%d effects failed, the first is %s: %s", len(effects), effects[0].verb, error)
        return [(effect, error) for effect in effects]
    logger.error("a mistake in %s", effects[0].verb, exc_info=error)
    return [(effect, StorageError("a mistake in the server: see its log")) for effect in effects]
