"""One who hears what is proved."""

from __future__ import annotations


class Heard:
    """Notes the questions; may interrupt at one of them, as Ctrl-C does."""

    def __init__(self, stop_at: str | None = None) -> None:
        self.questions: list[str] = []
        self.deepest = (0, 0)
        self.stop_at = stop_at

    def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
        """Says nothing."""

    def deepening(self, depth: int, lemmas: int) -> None:
        """Notes how far it got."""
        self.deepest = max(self.deepest, (depth, lemmas))

    def proving(self, question: str, facts: int) -> None:
        """Notes it."""
        self.questions.append(question)
        if question == self.stop_at:
            raise KeyboardInterrupt
