"""`evaluate_voice`: a voice against recordings of the sentences it speaks."""

import dataclasses

from keras_speech.data import f0_tracking
from keras_speech.evaluation import measures, report
from keras_speech.evaluation.recognizer import ClosedRecognizer, FreeRecognizer
from keras_speech.evaluation.renditions import GRIFFIN_LIM_ROUNDS, Renditions


def evaluate_voice(
    voice,
    corpus,
    *,
    beside=None,
    ids=None,
    lm_texts=(),
    sentences=(),
    output_directory=None,
    limit=None,
    speaker=None,
    seed=0,
    normalize=None,
    letter_to_sound=None,
    free_lm=True,
    n_examples=10,
    progress=None,
):
    """Speaks a corpus's sentences and measures the result.

    Three renditions of each sentence are measured in the same way: the recording, Griffin-Lim
    from the recording's mel spectrogram (what is lost without any voice model) and the voice;
    and, where there is one, another voice beside it.

    - *closed-LM word error rate*: see `ClosedRecognizer`. The language model holds the texts of
      the whole corpus, of `lm_texts` and of `sentences`.
    - *free-LM word error rate*: see `FreeRecognizer`.
    - *words skipped and repeated*, as the first recognizer heard it: see `count_slips`.
    - *prosody*: how far pitch and loudness move, the rate of speech and its pauses: see
      `prosody.Prosody`. A voice whose figures are much below the recordings' is flat.
    - *mel-cepstral distortion* against the recording: see `mel_cepstral_distortion`.
    - *F0 error and voicing error* against the recording, over the same warping path.

    For the acoustic measures, all three are cut to 50 ms before and after what is louder than
    -40 dB of their peak, and brought to one level.

    Args:
        voice: `Voice`.
        corpus: `Corpus` with texts.
        beside: another `Voice`, measured in the same way. Defaults to `None`.
        ids: ids of the recordings to test. Defaults to the whole corpus. Give the whole corpus
            and the tested ids rather than a part of the corpus: with fewer texts in the language
            model, the recognizer's task is easier.
        lm_texts: more texts for the language model. Defaults to none.
        sentences: texts without a recording that the voice speaks too, scored for words and
            prosody alone. Defaults to none.
        output_directory: where `evaluation.json` and `evaluation.html` go, made if need be; files
            of these names are replaced. Defaults to `None`: nothing is written.
        limit: the most recordings, and the most sentences, to test. Defaults to all.
        speaker: of the voice. Defaults to its first; so is that of `beside`, always.
        seed: of the voice and of Griffin-Lim. Defaults to 0.
        normalize: function from text to speakable text, for scoring; see `ClosedRecognizer`.
        letter_to_sound: function from a word to phones, for scoring; see `ClosedRecognizer`.
        free_lm: whether the free recognizer listens too, which takes most of the time of all
            measures. Defaults to `True`.
        n_examples: sentences with players and spectrograms on the page. Defaults to 10.
        progress: function of (sentences done, sentences in all). Defaults to none.

    Returns: dict that JSON can hold: `totals` by system, `recordings` (a list, with the scores of
        each system), `sentences` likewise or `None`, `unfinished` (sentences at which the voice
        did not stop by itself), `fallback_words`, `settings`, and `files`, where written.

    Raises:
        ImportError: when PocketSphinx or librosa are missing; says what to install.
        ValueError: for a corpus without texts, unknown ids, or a limit below 1.
        OSError: when `output_directory` cannot be written; found out before the work begins.

    Example:

    ```python
    corpus = keras_speech.data.ljspeech("recordings")
    result = evaluate_voice(voice, corpus, ids=keras_speech.data.read_ids("val.txt"))
    print(format_table(result))
    ```
    """
    if limit is not None and limit < 1:
        raise ValueError(f"`limit` must be at least 1. Received: limit={limit}.")
    tested = list(corpus if ids is None else corpus.subset(ids))[:limit]
    sentences = [sentence for sentence in sentences if sentence.strip()]
    if not tested:
        raise ValueError("There must be at least one recording to test. Received none.")
    for recording in tested:
        if not recording.text.strip():
            raise ValueError(f"Recordings to test must have texts. {recording.where} has none.")
    output = None if output_directory is None else report.check_directory(output_directory)
    f0_tracking.load_tracker(measures.F0_OPTIONS.tracker)

    texts = [recording.text for recording in corpus if recording.text.strip()]
    texts += [*lm_texts, *sentences]
    sentences = sentences[:limit]
    recognizer = ClosedRecognizer(texts, normalize=normalize, letter_to_sound=letter_to_sound)
    free = FreeRecognizer(normalize=normalize) if free_lm else None
    spoken_by = {"voice": voice} if beside is None else {"voice": voice, "beside": beside}
    work = Renditions(spoken_by, recognizer, free, speaker=speaker, seed=seed)
    n_total, examples, recordings = len(tested) + len(sentences), [], []
    for done, recording in enumerate(tested, start=1):
        example = work.recording(recording)
        recordings.append(example)
        if done <= n_examples:
            examples.append(example)
        # The others' audio is not needed again.
        recordings[-1] = dataclasses.replace(example, samples={}, mels={})
        if progress:
            progress(done, n_total)
    spoken = []
    for done, sentence in enumerate(sentences, start=len(tested) + 1):
        spoken.append(work.sentence(f"sentence {done - len(tested)}", sentence))
        if progress:
            progress(done, n_total)

    result = {
        "voice": voice.name,
        "beside": None if beside is None else beside.name,
        "corpus": corpus.name,
        "totals": {
            name: measures.totals([each.scores[name] for each in recordings])
            for name in recordings[0].scores
        },
        "recordings": [_to_dict(each, recognizer) for each in recordings],
        "sentences": None,
        "unfinished": work.unfinished,
        "fallback_words": {
            word: {"rule": rule, "phones": phones}
            for word, (rule, phones) in recognizer.fallbacks.items()
        },
        "settings": {
            "seed": seed,
            "speaker": speaker,
            "lm_texts": len(set(texts)),
            "griffin_lim_rounds": GRIFFIN_LIM_ROUNDS,
            "audio_spec": voice.spec.to_dict(),
        },
    }
    if spoken:
        result["sentences"] = {
            "totals": {
                name: measures.totals([each.scores[name] for each in spoken]) for name in spoken_by
            },
            "utterances": [_to_dict(each, recognizer) for each in spoken],
        }
    if output is not None:
        result["files"] = report.write(output, result, examples, voice.spec)
    return result


def _to_dict(example, recognizer):
    return {
        "id": example.id,
        "text": example.text,
        "reference": recognizer.words(example.text),
        "systems": {name: score.to_dict() for name, score in example.scores.items()},
    }
