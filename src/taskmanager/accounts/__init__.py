"""The people: accounts, their sessions and the keys that sign for them."""
