"""How dates and times read where a page does not say it itself, such as in the records."""
