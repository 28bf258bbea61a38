"""Door: the home page, the theme, health, the demo's mail folder, and the first set-up."""
