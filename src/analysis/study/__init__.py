"""The study room: files in, canonical tables and what they can support out."""
