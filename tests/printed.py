"""What stands on a PDF, read back."""

import pypdfium2


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, without white space: where a line is broken does not matter."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = (document[number].get_textpage().get_text_bounded() for number in range(len(document)))
        return ["".join(text.split()) for text in texts]
