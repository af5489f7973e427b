"""Every key of an instrument as sound."""

import numpy as np
import pytest

import note_tones
from keras_speech.data import NoteBank, chords, note_corpus, tuning
from keras_speech.data.note_bank import find_onset

RATE = 8000


def bank_of(directory, midis, lowest=60, highest=72, **options):
    given = {k: options.pop(k) for k in ("cents", "lead_s", "layers") if k in options}
    notes = note_corpus(note_tones.write_notes(directory, midis, seed=0, **given))
    return NoteBank(notes, sample_rate=RATE, lowest=lowest, highest=highest, **options)


@pytest.mark.parametrize("lead_s", [0.0, 0.05, 0.4])
def test_the_onset_is_found_in_hiss(lead_s):
    samples = note_tones.struck(60, sample_rate=RATE, lead_s=lead_s, seed=1)
    # To 2 ms, the width of the envelope.
    assert abs(find_onset(samples, RATE) - lead_s * RATE) <= 0.002 * RATE


def test_silence_has_its_onset_at_the_start():
    assert find_onset(np.zeros(100), RATE) == find_onset(np.zeros(0), RATE) == 0


def test_every_key_sounds_at_its_pitch(tmp_path):
    bank = bank_of(tmp_path / "n", (60, 64, 68, 72), seconds=1.0)
    assert bank.velocities == (0.5, 1.0)
    assert bank.sounds.shape == (2, 13, RATE) and bank.sounds.dtype == "float32"
    for sounds in bank.sounds:
        cents = [tuning.tuning_cents(s, RATE, 60 + i) for i, s in enumerate(sounds)]
        np.testing.assert_allclose(cents, 0.0, atol=1.0)


def test_a_detuned_recording_is_corrected_beyond_the_tolerance(tmp_path):
    for cents, tolerance, left in ((30, 10.0, 0), (-30, 10.0, 0), (8, 10.0, 8), (30, None, 30)):
        directory = tmp_path / f"{cents}{tolerance}"
        bank = bank_of(
            directory, (60,), 60, 61, cents=cents, tuning_tolerance_cents=tolerance, seconds=1.0
        )
        for key, sound in ((60, bank.sounds[0, 0]), (61, bank.sounds[0, 1])):
            assert tuning.tuning_cents(sound, RATE, key) == pytest.approx(left, abs=1.5)


def test_all_keys_begin_at_once_and_are_equally_loud(tmp_path):
    bank = bank_of(tmp_path / "n", (60, 63, 66, 69, 72), lead_s=0.3, seconds=1.2)
    sounds = bank.sounds.reshape(-1, bank.n_samples)
    assert max(find_onset(sound, RATE) for sound in sounds) <= 0.003 * RATE
    rms = np.sqrt(np.mean(sounds[:, :RATE].astype("float64") ** 2, axis=1))
    np.testing.assert_allclose(rms, 1.0, rtol=1e-4)


def test_silence_follows_a_recording_without_a_click(tmp_path):
    """Recordings of 1.5 s, played 0 to 2 semitones faster, end after 1.34 to 1.5 s."""
    bank = bank_of(tmp_path / "n", (60,), 60, 62, seconds=2.0)
    assert not bank.sounds[:, :, round(1.51 * RATE) :].any()
    last = np.abs(bank.sounds[:, :, round(1.325 * RATE) : round(1.345 * RATE)])[:, 2]
    assert last.max() < 0.01 * np.abs(bank.sounds[:, 2]).max()


def test_a_missing_layer_is_taken_from_the_other(tmp_path):
    directory = note_tones.write_notes(tmp_path / "n", (60, 66))
    table = directory / "metadata.csv"
    rows = [row for row in table.read_text().splitlines() if not row.startswith("k66low")]
    table.write_text("\n".join(rows))
    bank = NoteBank(note_corpus(directory), lowest=60, highest=66, seconds=0.5)
    low, high = bank.sounds
    np.testing.assert_array_equal(low[6], high[6])
    # Within three semitones the layer counts more than the distance.
    assert bank._nearest(63, 0.5).id == "k60low"
    assert bank._nearest(64, 0.5).id == "k66high"


def test_a_mix_is_the_sum_at_one_peak(tmp_path):
    bank = bank_of(tmp_path / "n", (60, 64, 67), 60, 67, seconds=1.0)
    mix = bank.mix(chords.parse_chord("C4:maj"), velocity=0.5, peak=0.6)
    total = bank.sounds[0, [0, 4, 7]].sum(axis=0)
    np.testing.assert_allclose(mix, 0.6 * total / np.abs(total).max(), atol=1e-5)
    np.testing.assert_array_equal(bank.mix((60,)), bank.mix((60,), velocity=1.0))


def test_a_released_mix_decays(tmp_path):
    bank = bank_of(tmp_path / "n", (60,), 60, 60, seconds=1.0)
    held, released = bank.mix((60,)), bank.mix((60,), release_s=0.5)
    first = RATE // 2
    np.testing.assert_array_equal(released[:first], held[:first])
    gain = np.exp(-np.arange(RATE - first) / RATE / 0.05)
    np.testing.assert_allclose(released[first:], held[first:] * gain, atol=1e-6)


def test_what_cannot_be_is_an_error(tmp_path):
    notes = note_corpus(note_tones.write_notes(tmp_path / "n", (60,), seconds=0.3))
    with pytest.raises(ValueError, match=r"recording within 3 semitones.*key E4 \(MIDI 64\), near"):
        NoteBank(notes, lowest=60, highest=64)
    with pytest.raises(ValueError, match="`notes` must hold recordings"):
        NoteBank([])
    with pytest.raises(ValueError, match="0 <= lowest <= highest <= 127.*lowest=64"):
        NoteBank(notes, lowest=64, highest=60)
    with pytest.raises(ValueError, match="`sample_rate` and `seconds` must be positive.*seconds=0"):
        NoteBank(notes, lowest=60, highest=60, seconds=0)
    bank = NoteBank(notes, lowest=60, highest=60, seconds=0.2)
    for wrong in ((), (61,), (59,)):
        with pytest.raises(ValueError, match="`notes` must be from 60 to 60"):
            bank.mix(wrong)
    with pytest.raises(ValueError, match=r"`velocity` must be one of \(0.5, 1.0\)"):
        bank.mix((60,), velocity=0.7)


def test_a_silent_recording_is_named(tmp_path, write_tone):
    directory = note_tones.write_notes(tmp_path / "n", (60,), layers=("low",))
    write_tone(directory / "wavs" / "k60low.flac", amplitude=0.0)
    with pytest.raises(ValueError, match="A note must not be silent. Received: 'k60low'"):
        NoteBank(note_corpus(directory), lowest=60, highest=60)
