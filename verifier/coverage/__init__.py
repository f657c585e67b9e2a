"""Which requirements of a catalogue the models stand for, and which properties check them."""
