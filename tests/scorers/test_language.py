"""A text in a language that no model has learnt says so; English in any state is English."""

import pandas as pd
import pytest

from moderation.scorers import TOXICITY, score_frame
from moderation.scorers.language import UNKNOWN, detect, detect_beside, only

FOREIGN = {
    "pt": "A prefeitura começou a obra da ponte e os moradores esperam há meses por uma resposta.",
    "es": "El alcalde prometió que la biblioteca abriría en marzo y todavía está cerrada.",
    "fr": "Le conseil municipal se réunit mardi pour parler de la nouvelle piste cyclable.",
    "it": "Il consiglio comunale si riunisce martedì per parlare della nuova pista ciclabile.",
    "ru": "Городской совет соберётся во вторник, чтобы обсудить новую велосипедную дорожку.",
    "ar": "يجتمع مجلس المدينة يوم الثلاثاء لمناقشة مسار الدراجات الجديد",
    "hi": "नगर परिषद मंगलवार को नए साइकिल मार्ग पर चर्चा करेगी",
}
ENGLISH = [
    "lol", "ok", "nah bruh ur trippin fr fr", "José García Márquez", "Merkel Macron Putin Xi",
    "2026", "f u c k  y o u", "omg wtf smh tbh idk", "You are a stupid idiot, shut up.",
    "asdfgh jklöä", "Trump 2024 !!! MAGA", "sh1t h0le", "c'est la vie", "Schadenfreude!",
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), FOREIGN.items())
def test_languages_are_told_apart(language, text):
    assert detect(text) == language


def test_german_and_korean_are_sent_to_the_model_that_has_learnt_them():
    assert detect("Der Gemeinderat spricht am Dienstag über den neuen Radweg.") == "de"
    assert detect("안녕") == "ko"


@pytest.mark.parametrize("text", ENGLISH)
def test_short_texts_slang_and_names_are_english(text):
    assert detect(text) == "en"


@pytest.mark.parametrize("text", ["", "?!", "🤬🤬"])
def test_without_letters_there_is_no_language(text):
    assert detect(text) == ""


def test_letters_of_no_known_language_are_told_as_such():
    assert detect("ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺ") == UNKNOWN


@pytest.mark.parametrize("foreign", [FOREIGN["es"], FOREIGN["it"]])
def test_foreign_words_do_not_hide_an_english_insult(foreign):
    insult = "You are the most stupid idiot that I have seen in all of my life, so shut up."
    assert detect(f"{foreign} {insult}") == "en"
    assert detect(f"{insult} {foreign}") == "en"


@pytest.mark.parametrize("profile", TOXICITY)
def test_an_unsupported_language_has_no_score_and_the_others_have(profile):
    known = {"en", "de", "ko"} | ({"es", "pt", "fr", "it"} if profile != "bulk" else set())
    texts = FOREIGN | {
        "de": "Der Gemeinderat spricht am Dienstag darüber.",
        "ko": "안녕",
        "en": "lol",
    }
    scores = score_frame(TOXICITY[profile], pd.DataFrame({"text": list(texts.values())}))
    scored = scores.notna().all(axis=1).to_numpy()
    assert {name for name, has in zip(texts, scored, strict=True) if has} == known & set(texts)
    assert scores[~scored].isna().all(axis=None)


def test_texts_in_other_languages_become_empty():
    assert only(["lol", FOREIGN["fr"]], {"en"}) == ["lol", ""]


@pytest.mark.parametrize("name", ["Macron", "Le Pen", "Bardella"])
def test_a_name_does_not_take_a_comment_out_of_its_article_s_language(name):
    comment = f"Bravo à la boulangère, mais {name} a ruiné le pays."
    assert detect_beside(comment, "fr") == "fr"


def test_a_comment_in_english_stays_so_under_an_article_in_another_language():
    assert detect_beside("Greetings from Leeds, what a lovely harbour you have", "de") == "en"
    assert detect_beside("lol", "de") == "de"
    assert detect_beside(FOREIGN["fr"], "de") == "fr"
    assert detect_beside("lol", "") == "en"


def test_a_long_text_takes_bounded_time():
    assert detect("слово " * 200_000) in ("ru", "uk", UNKNOWN)
    assert detect("parola " * 200_000) in ("it", "en")
