"""English words that are written alike and said in two ways, and the neighbors that tell which.

A context is `class_` for the class of the word before, `_class` for the word after, or
`class_class` for both.
"""

from keras_speech.text import phones

# Each word has one class at most. Adverbs of the first line are looked through.
CLASSES = {
    "adverb": "not never always often usually already just also ever still only soon sometimes "
    "seldom rarely again",
    "to": "to",
    "will": "will would can could shall should may might must cannot do does did don't doesn't "
    "didn't won't wouldn't can't couldn't shouldn't mustn't i'll you'll he'll she'll it'll we'll "
    "they'll i'd you'd he'd she'd we'd they'd please",
    "let": "let let's make makes made help helps helped hear heard see saw watch watched",
    "i": "i",
    "you": "you we they people men women who children us them him me",
    "he": "he she it",
    "det": "the a an this these those my your his her its our their no any each every another "
    "whose some what which",
    "adj": "new old good bad great little small big large long short high low first second third "
    "last next other own same best better worst many few several much such all both one two three "
    "four five six ten dead young early late public private common ancient whole",
    "have": "have has had having i've you've we've they've hasn't haven't hadn't",
    "be": "is are was were be been being am isn't aren't wasn't weren't i'm you're he's she's it's "
    "we're they're get got gets getting",
    "of": "of",
    "in": "in on at by with from for into onto upon without between during through against about "
    "under over after before since as like than",
    "very": "very too so how more most quite rather less enough",
    "come": "come came comes coming stay stayed draw drew drawn keep kept went go going gone stand "
    "stood sit sat",
    "up": "up down off out away apart open back",
    "and": "and or",
    "mark": ". , ! ? ; : -",
    "metal": "pipe pipes paint pencil pencils poisoning acid battery bullet bullets shot weight "
    "weights mine mines ore roof box sheet sheets foil",
    "show": "show shows music concert concerts broadcast broadcasts wire wires coals oak stock "
    "animals bait birds ammunition coverage performance audience television",
    "friend": "friend friends relative relatives range quarters call contact attention look "
    "eye resemblance fit together behind beside",
    "arrow": "tie ties string strings legged window",
    "gas": "gas drop drops duct ducts stained",
    "fish": "fish fishing lake sea",
}

# Word: how it is said without a context that says otherwise; then pairs of contexts and phones,
# the earlier the stronger where a word has several of one form.
RULES = {
    "read": ("R IY1 D", ("have_ be_ i_ he_", "R EH1 D")),
    "live": ("L IH1 V", ("det_ adj_ be_ come_ _show", "L AY1 V")),
    "lives": ("L IH1 V Z", ("det_ adj_ of_ in_ _mark", "L AY1 V Z"), ("he_ he_mark", "L IH1 V Z")),
    "lead": ("L IY1 D", ("of_ _metal det_metal", "L EH1 D")),
    "use": ("Y UW1 Z", ("det_ adj_ of_ in_ have_ be_ let_ _of", "Y UW1 S")),
    "uses": ("Y UW1 S IH0 Z", ("he_ _det _you", "Y UW1 Z IH0 Z")),
    "used": ("Y UW1 Z D", ("be_ have_", "Y UW1 Z D"), ("_to", "Y UW1 S T")),
    "close": (
        "K L OW1 S",
        ("to_ will_ i_ you_ let_ _det det_of det_mark mark_det", "K L OW1 Z"),
        ("det_ very_ be_ come_ _friend", "K L OW1 S"),
    ),
    "wind": ("W IH1 N D", ("to_ will_ i_ you_ let_ _up _det", "W AY1 N D"), ("det_", "W IH1 N D")),
    "winds": ("W IH1 N D Z", ("he_ _up _det", "W AY1 N D Z")),
    "wound": ("W UW1 N D", ("i_ he_ you_ be_ have_ _up _det", "W AW1 N D"), ("det_", "W UW1 N D")),
    "tear": (
        "T EH1 R",
        ("det_ adj_ _gas", "T IH1 R"),
        ("det_in adj_in to_ will_ _up", "T EH1 R"),
    ),
    "tears": ("T IH1 R Z", ("he_ _up _det", "T EH1 R Z")),
    "bow": ("B AW1", ("adj_ _and _arrow", "B OW1"), ("to_ will_", "B AW1")),
    "bows": ("B AW1 Z", ("adj_ _and", "B OW1 Z")),
    "bass": ("B EY1 S", ("_fish fish_", "B AE1 S")),
    "dove": ("D AH1 V", ("he_ i_ you_ _in _up", "D OW1 V"), ("det_", "D AH1 V")),
    "sow": ("S OW1", ("det_", "S AW1")),
    "minute": ("M IH1 N AH0 T", ("very_", "M AY0 N UW1 T")),
    "resume": ("R IH0 Z UW1 M", ("det_ adj_", "R EH1 Z AH0 M EY2")),
    "content": (
        "K AA1 N T EH0 N T",
        ("be_ very_ _to", "K AH0 N T EH1 N T"),
        ("det_", "K AA1 N T EH0 N T"),
    ),
    "house": ("HH AW1 S", ("to_det will_ to_you", "HH AW1 Z")),
    "refuse": ("R IH0 F Y UW1 Z", ("det_ adj_ of_", "R EH1 F Y UW2 Z")),
    "invalid": ("IH2 N V AE1 L AH0 D", ("det_mark det_in", "IH1 N V AH0 L AH0 D")),
}

# Nouns, and adjectives (without a plural), that are verbs after "to" or before "the".
_NOUN, _VERB = "det_ adj_ of_ in_ be_ have_", "to_ will_ i_ you_ let_ _det _you"
_VERB_WITH_S = "he_ _det _you"
_NOUNS_AND_VERBS = {
    "record": ("R EH1 K ER0 D", "R AH0 K AO1 R D"),
    "present": ("P R EH1 Z AH0 N T", "P R IY0 Z EH1 N T"),
    "object": ("AA1 B JH EH0 K T", "AH0 B JH EH1 K T"),
    "subject": ("S AH1 B JH IH0 K T", "S AH0 B JH EH1 K T"),
    "project": ("P R AA1 JH EH0 K T", "P R AH0 JH EH1 K T"),
    "desert": ("D EH1 Z ER0 T", "D IH0 Z ER1 T"),
    "conduct": ("K AA1 N D AH0 K T", "K AH0 N D AH1 K T"),
    "conflict": ("K AA1 N F L IH0 K T", "K AH0 N F L IH1 K T"),
    "contest": ("K AA1 N T EH0 S T", "K AH0 N T EH1 S T"),
    "contract": ("K AA1 N T R AE2 K T", "K AH0 N T R AE1 K T"),
    "contrast": ("K AA1 N T R AE0 S T", "K AH0 N T R AE1 S T"),
    "convict": ("K AA1 N V IH0 K T", "K AH0 N V IH1 K T"),
    "progress": ("P R AA1 G R EH2 S", "P R AH0 G R EH1 S"),
    "protest": ("P R OW1 T EH2 S T", "P R AH0 T EH1 S T"),
    "rebel": ("R EH1 B AH0 L", "R IH0 B EH1 L"),
    "permit": ("P ER1 M IH2 T", "P ER0 M IH1 T"),
    "increase": ("IH1 N K R IY2 S", "IH2 N K R IY1 S"),
    "decrease": ("D IY1 K R IY2 S", "D IH0 K R IY1 S"),
    "import": ("IH1 M P AO2 R T", "IH2 M P AO1 R T"),
    "insult": ("IH1 N S AH2 L T", "IH2 N S AH1 L T"),
    "extract": ("EH1 K S T R AE2 K T", "IH0 K S T R AE1 K T"),
    "suspect": ("S AH1 S P EH2 K T", "S AH0 S P EH1 K T"),
    "survey": ("S ER1 V EY2", "S ER0 V EY1"),
    "excuse": ("IH0 K S K Y UW1 S", "IH0 K S K Y UW1 Z"),
    "abuse": ("AH0 B Y UW1 S", "AH0 B Y UW1 Z"),
    "estimate": ("EH1 S T AH0 M AH0 T", "EH1 S T AH0 M EY2 T"),
    "graduate": ("G R AE1 JH AH0 W AH0 T", "G R AE1 JH AH0 W EY2 T"),
    "attribute": ("AE1 T R AH0 B Y UW2 T", "AH0 T R IH1 B Y UW2 T"),
    "advocate": ("AE1 D V AH0 K AH0 T", "AE1 D V AH0 K EY2 T"),
    "delegate": ("D EH1 L AH0 G AH0 T", "D EH1 L AH0 G EY2 T"),
    "duplicate": ("D UW1 P L AH0 K AH0 T", "D UW1 P L AH0 K EY2 T"),
    "associate": ("AH0 S OW1 SH IY0 AH0 T", "AH0 S OW1 SH IY0 EY2 T"),
}
_ADJECTIVES_AND_VERBS = {
    "perfect": ("P ER1 F IH2 K T", "P ER0 F EH1 K T"),
    "separate": ("S EH1 P R AH0 T", "S EH1 P ER0 EY2 T"),
    "deliberate": ("D IH0 L IH1 B ER0 AH0 T", "D IH0 L IH1 B ER0 EY2 T"),
    "alternate": ("AO1 L T ER0 N AH0 T", "AO1 L T ER0 N EY2 T"),
    "moderate": ("M AA1 D ER0 AH0 T", "M AA1 D ER0 EY2 T"),
    "elaborate": ("IH0 L AE1 B R AH0 T", "IH0 L AE1 B ER0 EY2 T"),
    "appropriate": ("AH0 P R OW1 P R IY0 AH0 T", "AH0 P R OW1 P R IY0 EY2 T"),
    "approximate": ("AH0 P R AA1 K S AH0 M AH0 T", "AH0 P R AA1 K S AH0 M EY2 T"),
    "intimate": ("IH1 N T AH0 M AH0 T", "IH1 N T AH0 M EY2 T"),
}

for _word, (_noun, _verb) in (_NOUNS_AND_VERBS | _ADJECTIVES_AND_VERBS).items():
    RULES[_word] = (_noun, (_VERB, _verb), (_NOUN, _noun))
    if _word in _NOUNS_AND_VERBS:
        _nouns, _verbs = phones.with_s_of(_noun, stress=True), phones.with_s_of(_verb, stress=True)
        RULES[_word + "s"] = (_nouns, (_VERB_WITH_S, _verbs), (_NOUN, _nouns))
