"""Races as pages: what a catalogue of them says, beside what the models give."""
