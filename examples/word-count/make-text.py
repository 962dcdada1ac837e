"""Prints so many MiB of text, always the same: words of texts/ drawn by a generator, rare ones and frequent ones."""

import sys
from pathlib import Path

MIB = 1024 * 1024
words = (Path(__file__).parent / "texts/harbour.txt").read_text().split()
wanted = int(sys.argv[1]) * MIB
state, written, line = 1, 0, []
while written < wanted:
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    line.append(words[(state >> 33) % len(words)])
    if len(line) == 12:
        text = " ".join(line) + "\n"
        sys.stdout.write(text)
        written += len(text.encode())
        line.clear()
