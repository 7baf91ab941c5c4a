"""What a store does, in five parts; ``moderation.store.Store`` is all of them."""
