"""An AWS to test against: MiniStack plus what unitune needs and MiniStack lacks. See ../README.md."""
