"""What messages look like on the wire: a small language that says so, and what encodes by it."""
