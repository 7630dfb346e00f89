"""Put a page of text on paper by the system's own print dialog."""

from PySide6.QtGui import QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget


def print_text(parent: QWidget, text: str) -> bool:
    """Ask for a printer and print; False when the user thinks better of it."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if QPrintDialog(printer, parent).exec() != QDialog.DialogCode.Accepted:
        return False
    page = QTextDocument()
    page.setPlainText(text)
    page.print_(printer)
    return True
