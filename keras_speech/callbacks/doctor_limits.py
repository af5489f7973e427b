"""From which measures on `AlignmentDoctor` calls an alignment ill, and why from there.

The bundled Tacotron 2 voice, which reads prose well, is far on the good side of each limit:
diagonality from 0.98, sharpness from 0.82, coverage from 0.77, no tokens skipped in runs, no steps
back, stays of at most half a second, and 1 to 1.2 times the duration of the recordings.
"""

# Correlation of step and token. Even speech with a pause of a third of its length has 0.94, and one
# of half its length 0.86; reading the first half twice gives 0.5, an attention that has not learned
# to read about 0.
DIAGONALITY = 0.8

# Mean greatest weight. The mean of several heads, and Gaussians two tokens wide, reach 0.2 and are
# understood; below, each sound is a mixture of its neighbors.
SHARPNESS = 0.2

# A text of few tokens has large weights however diffuse they are: at least so many times 1/tokens.
SHARPNESS_OF_UNIFORM = 2.0

# Share of the tokens that are attended to. A fifth of English text are spaces, which may get
# nothing, and a tenth of its letters are silent.
COVERAGE = 0.6

# Neighboring tokens that are missing together: "ugh" in "through" and the space after may be; a
# short word with the spaces around it, or a syllable, is four or more.
SKIPPED_AT_ONCE = 4

# Tokens by which one step goes back. Going back by one or two is wavering at a border; three are a
# sound that is said again.
BACK_BY = 3

# Seconds on one token before the last. Pauses between the clauses of a read sentence seldom take
# longer than 0.8.
STUCK_SECONDS = 1.0

# Seconds on the last token at the end, all of them silence or hum.
END_SECONDS = 1.0

# Generated duration over the recording's, of the same text. Good voices stay within a fifth or so.
PACE = (0.6, 1.6)

# Times the longest recording of the batch that a model may speak before it is cut: one that has
# not stopped by then will not.
LONGEST_PACE = 2.0

# Frames that are allowed for each token where there is no recording: three times as slow as speech
# at 86 frames a second, and 100 frames for the ends.
FRAMES_PER_TOKEN, FRAMES_OF_ENDS = 20, 100

# Probability of the stop token at a step that is not among the last tenth of a recording: there,
# `generate` would stop.
EARLY_STOP = 0.5

# Median over mean duration of the tokens of a text. In speech it is 0.5 to 1, for pauses are long;
# an aligner that has learned nothing may give one token nearly all frames, the others hardly any.
EVENNESS = 0.4

# Weight updates before which nothing is wrong with an attention that cannot read: with guided
# attention or known durations the line appears after some hundreds to few thousands.
EARLY_UPDATES = 3000
