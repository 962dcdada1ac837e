"""The pipeline: reads the texts, cuts them into pieces, has each piece counted by `counter`, wherever that is, and adds up."""

import sys
from collections import Counter
from pathlib import Path

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import counter
from wit_world.imports.tallies import Tally
from wit_world.imports.types import Code

TEXTS = Path("/texts")
PIECE = 64 * 1024
ATTEMPTS = 3


def pieces(path):
    """The file's text, about as much as PIECE at a time, never cut inside of a word."""
    with path.open("rb") as file:
        rest = b""
        while chunk := file.read(PIECE):
            chunk = rest + chunk
            end = max(chunk.rfind(b" "), chunk.rfind(b"\n")) + 1
            yield chunk[:end].decode()
            rest = chunk[end:]
        yield rest.decode()


def count(piece):
    # A server that dies may have counted already, so nobody repeats a call for us. Counting twice does no harm: we do.
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return counter.count(piece)
        except Err as error:
            status = error.value
            if status.code != Code.UNAVAILABLE or attempt == ATTEMPTS:
                raise Err(f"{status.code.name.lower()}: {status.message}")
            print(f"once more, after: {status.message}", file=sys.stderr)


class Report(exports.Report):
    def most_frequent(self, most):
        total = Counter()
        done = 0
        for path in sorted(TEXTS.iterdir()):
            for piece in pieces(path):
                for tally in count(piece):
                    total[tally.word] += tally.times
                done += 1
                if done % 16 == 0:
                    print(f"{done} pieces counted", file=sys.stderr)
        ranked = sorted(total.items(), key=lambda entry: (-entry[1], entry[0]))
        return [Tally(word, times) for word, times in ranked[:most]]
