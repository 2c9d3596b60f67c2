"""What may leave: the one writer of a study's ``public`` folder, and its record."""

from analysis.disclosure.publish import DisclosureError, Published, publish
from analysis.disclosure.record import read_receipts, write_receipt

__all__ = ["DisclosureError", "Published", "publish", "read_receipts", "write_receipt"]
