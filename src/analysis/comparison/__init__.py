"""One comparison of two arms: its question, its rows and terms, and the nested model for it."""
