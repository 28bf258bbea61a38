"""One demo clinic, made from a seed: each module makes the rows of one kind and returns them."""
