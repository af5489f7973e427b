"""Long text in pieces that a voice can speak one after another."""


def split_sentences(text, max_characters=200):
    """Splits text at sentence ends."""
    return [text] if text.strip() else []
