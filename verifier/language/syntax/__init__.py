"""From text to the syntax tree: words, shapes, mistakes."""
